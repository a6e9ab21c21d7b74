// The page of a review: a turn's time plays from there; Space, J and L as on the call page.

import { register } from "/scripts/keys.js";

const audio = document.querySelector(".talk audio");
const LEAD = 5; // seconds of run-up before a piece of evidence

function playFrom(second) {
  audio.currentTime = Math.max(0, second);
  audio.play().catch(() => {});
}

if (audio) {
  for (const button of document.querySelectorAll(".talk [data-start]"))
    button.addEventListener("click", () => playFrom(Number(button.dataset.start)));
  for (const button of document.querySelectorAll("button[data-evidence]"))
    button.addEventListener("click", () => playFrom(Number(button.dataset.evidence) - LEAD));
  const group = { group: "Player" };
  register("Space", "Play or pause", () => (audio.paused ? audio.play() : audio.pause()), { ...group, as: "player.play" });
  register(["J", "L"], "Back or forward 5 s", (_event, key) => (audio.currentTime += key === "J" ? -LEAD : LEAD),
    { ...group, as: ["player.back", "player.forward"] });
} else for (const button of document.querySelectorAll(".talk [data-start]")) button.disabled = true;
