// Plays the listening copy and tells everyone what second it is. While it plays, once per frame; else on each change.

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

export class Player {
  constructor(audio, root, duration) {
    this.audio = audio;
    this.duration = duration;
    this.listeners = [];
    this.here = 0; // the second shown when there is no audio
    this.toggleButton = root.querySelector("[data-toggle]");
    this.clockText = root.querySelector("[data-clock]");
    this.speedButton = root.querySelector("[data-speed]");
    this.status = root.querySelector("[data-status]");
    if (audio) this.#listen(root);
    this.#tell();
  }

  get time() {
    return this.audio ? this.audio.currentTime : this.here;
  }

  get playing() {
    return Boolean(this.audio) && !this.audio.paused;
  }

  onTime(listener) {
    this.listeners.push(listener);
    listener(this.time);
  }

  seek(second) {
    const target = Math.min(Math.max(0, second), this.duration);
    if (this.audio) this.audio.currentTime = target;
    else this.here = target;
    this.#tell();
  }

  playFrom(second) {
    this.seek(second);
    this.play();
  }

  play() {
    if (!this.audio) return;
    this.audio.play().catch((error) => {
      if (error.name !== "AbortError") this.say(`The browser would not play: ${error.message}`);
    });
  }

  pause() {
    if (this.playing) this.audio.pause();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  changeSpeed(step) {
    if (!this.audio) return;
    const next = SPEEDS.indexOf(this.audio.playbackRate) + step;
    this.audio.playbackRate = SPEEDS[Math.min(Math.max(0, next), SPEEDS.length - 1)];
  }

  say(text) {
    this.status.textContent = text;
  }

  clock(seconds) {
    const whole = Math.floor(seconds);
    const pad = (n) => String(n).padStart(2, "0");
    const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    return h ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
  }

  #listen(root) {
    const audio = this.audio;
    audio.addEventListener("play", () => this.#frame());
    for (const name of ["play", "pause", "ended", "seeked", "timeupdate", "loadedmetadata"])
      audio.addEventListener(name, () => this.#tell());
    audio.addEventListener("ratechange", () => {
      this.speedButton.textContent = `${audio.playbackRate}×`;
      this.speedButton.setAttribute("aria-label", `${audio.playbackRate}× speed`);
    });
    audio.addEventListener("error", () => this.say("The recording could not be played. Reload the page, or sign in again if you were away."));
    root.querySelector("[data-back]").addEventListener("click", () => this.seek(this.time - 5));
    root.querySelector("[data-forward]").addEventListener("click", () => this.seek(this.time + 5));
    this.toggleButton.addEventListener("click", () => this.toggle());
    this.speedButton.addEventListener("click", () => {
      if (audio.playbackRate === SPEEDS.at(-1)) audio.playbackRate = SPEEDS[0];
      else this.changeSpeed(1);
    });
  }

  #frame() {
    this.#tell();
    if (this.playing) requestAnimationFrame(() => this.#frame());
  }

  #tell() {
    const now = this.time;
    this.clockText.textContent = `${this.clock(now)} / ${this.clock(this.duration)}`;
    if (this.toggleButton) {
      this.toggleButton.dataset.playing = String(this.playing);
      this.toggleButton.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    }
    for (const listener of this.listeners) listener(now);
  }
}
