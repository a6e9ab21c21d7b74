// A clip ends where it ends: browsers take the end of a media fragment as a hint, or honour it once only.

for (const sound of document.querySelectorAll("audio[data-until]")) {
  const [from, until] = [Number(sound.dataset.from), Number(sound.dataset.until)];
  let inside = true; // whoever moves on behind the clip by hand may hear what follows
  sound.addEventListener("seeked", () => (inside = sound.currentTime < until));
  sound.addEventListener("timeupdate", () => {
    if (!inside || sound.currentTime < until) return;
    sound.pause();
    sound.currentTime = from;
  });
}
