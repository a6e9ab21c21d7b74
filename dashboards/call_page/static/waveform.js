// The waveform: one lane per party, told apart by colour and by pattern, drawn from peaks made on the server.
// A mono recording has one signal for all parties: each lane then shows it only where that party speaks.

const BAR = 2;
const GAP = 1;
const EDGE = 0.15; // seconds around a turn that still belong to it: voices start before the first word does

export class Waveform {
  constructor(element, player, turns) {
    this.element = element;
    this.player = player;
    this.lanes = [...element.querySelectorAll(".lane")].map((node) => ({
      node,
      role: node.dataset.role,
      channel: node.dataset.channel === "" ? null : Number(node.dataset.channel),
      turns: turns.filter((turn) => turn.party === node.dataset.party),
      still: node.querySelector("canvas.still"),
      played: node.querySelector("canvas.played"),
    }));
    this.cursor = element.querySelector(".cursor");
    this.ghost = element.querySelector(".ghost");
    this.hits = [];
    this.bands = [...element.querySelectorAll("[data-band]")].map((node) => ({
      kind: node.dataset.band, start: Number(node.dataset.start), end: Number(node.dataset.end),
    }));
    this.range = null;
    this.#listen();
    player.onTime((now) => this.#show(now));
  }

  async load(address) {
    const answer = address && (await fetch(address, { credentials: "same-origin" }).catch(() => null));
    if (answer?.ok) {
      const values = new Int8Array(await answer.arrayBuffer());
      const channels = Number(answer.headers.get("X-Peaks-Channels"));
      const size = values.length / channels;
      this.rate = Number(answer.headers.get("X-Peaks-Rate"));
      this.peaks = Array.from({ length: channels }, (_, n) => values.subarray(n * size, (n + 1) * size));
      this.loudest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    }
    this.draw();
    this.element.dataset.drawn = this.peaks ? "peaks" : "turns";
  }

  setHits(seconds) {
    this.hits = seconds;
    this.draw();
  }

  // The stretch a comment is about while it is being marked; null for none.
  setRange(range) {
    this.range = range;
    this.draw();
  }

  draw() {
    const width = this.element.clientWidth;
    if (!width) return;
    const style = this.#colours();
    const shared = new Set(this.lanes.map((lane) => lane.channel ?? 0)).size < this.lanes.length;
    for (const lane of this.lanes) {
      const bars = this.#bars(lane, Math.floor(width / (BAR + GAP)), shared);
      const colour = getComputedStyle(lane.node).color;
      this.#paint(lane.still, bars, lane.role, colour, 0.42, style);
      this.#paint(lane.played, bars, lane.role, colour, 1, null);
    }
    this.#show(this.player.time);
  }

  // Height of each bar from 0 to 1: the loudest peak in its slice of time.
  #bars(lane, count, shared) {
    const slice = this.player.duration / count;
    const peaks = this.peaks?.[Math.min(lane.channel ?? 0, this.peaks.length - 1)];
    return Array.from({ length: count }, (_, n) => {
      const [start, end] = [n * slice, (n + 1) * slice];
      const speaks = lane.turns.some((turn) => turn.start - EDGE < end && turn.end + EDGE > start);
      if (!peaks) return speaks ? 0.5 : 0;
      if (shared && !speaks) return 0;
      return this.#loudest(peaks, start, end) / this.loudest;
    });
  }

  #loudest(peaks, start, end) {
    const last = Math.min(peaks.length - 1, Math.max(1, Math.ceil(end * this.rate)) * 2 - 1);
    let most = 0;
    for (let i = Math.floor(start * this.rate) * 2; i <= last; i += 1) most = Math.max(most, Math.abs(peaks[i]));
    return most;
  }

  #paint(canvas, bars, role, colour, alpha, style) {
    const scale = devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    canvas.width = width * scale;
    canvas.height = height * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    if (style) this.#shade(pen, width, height, style);
    pen.globalAlpha = alpha;
    pen.fillStyle = colour;
    bars.forEach((bar, n) => this.#bar(pen, role, n * (BAR + GAP), height, bar));
  }

  // The patterns: agents are solid, customers hollow in the middle, others broken into dots.
  #bar(pen, role, x, height, bar) {
    const tall = Math.max(bar * (height - 6), 1);
    const top = (height - tall) / 2;
    if (role === "agent" || tall < 6) return pen.fillRect(x, top, BAR, tall);
    if (role === "customer") {
      pen.fillRect(x, top, BAR, tall * 0.36);
      return pen.fillRect(x, top + tall * 0.64, BAR, tall * 0.36);
    }
    for (let y = top; y < top + tall; y += 4) pen.fillRect(x, y, BAR, 2);
  }

  // Reads tokens of the style sheet as plain colours: a canvas does not know light-dark().
  #colours() {
    const probe = this.element.appendChild(document.createElement("i"));
    probe.hidden = true;
    const style = getComputedStyle(probe);
    const known = {};
    queueMicrotask(() => probe.remove());
    return (name) => {
      probe.style.color = `var(${name})`;
      return (known[name] ??= style.color);
    };
  }

  // What lies behind the bars: stretches that have a finding (silence hatched one way, both speaking the other way),
  // music and ringing, the hits of a search, and the stretch that is being marked.
  #shade(pen, width, height, style) {
    const at = (second) => (second / this.player.duration) * width;
    for (const band of this.bands) {
      const [left, wide] = [at(band.start), Math.max(2, at(band.end) - at(band.start))];
      pen.fillStyle = style(band.kind === "finding" ? "--accent-soft" : "--well");
      pen.fillRect(left, 0, wide, height);
      if (band.kind !== "finding") this.#hatch(pen, left, wide, height, band.kind === "silence" ? 1 : -1, style);
    }
    if (this.range) {
      pen.fillStyle = style("--now");
      pen.fillRect(at(this.range.start), 0, Math.max(2, at(this.range.end) - at(this.range.start)), height);
    }
    pen.fillStyle = style("--fail");
    for (const hit of this.hits) pen.fillRect(at(hit) - 1, 0, 2, height);
  }

  #hatch(pen, left, wide, height, way, style) {
    pen.save();
    pen.beginPath();
    pen.rect(left, 0, wide, height);
    pen.clip();
    pen.strokeStyle = style("--line");
    pen.lineWidth = 2;
    pen.beginPath();
    for (let x = left - height; x < left + wide + height; x += 8) {
      pen.moveTo(x, way > 0 ? height : 0);
      pen.lineTo(x + height, way > 0 ? 0 : height);
    }
    pen.stroke();
    pen.restore();
  }

  #show(now) {
    const share = this.player.duration ? Math.min(1, now / this.player.duration) : 0;
    this.cursor.style.transform = `translateX(${share * this.element.clientWidth}px)`;
    for (const lane of this.lanes) lane.played.style.clipPath = `inset(0 ${100 - share * 100}% 0 0)`;
    this.element.setAttribute("aria-valuenow", now.toFixed(1));
    const second = Math.floor(now);
    if (second === this.second) return; // spoken text at most once a second
    this.second = second;
    const speaking = this.lanes.filter((lane) => lane.turns.some((turn) => turn.start <= now && now < turn.end));
    const who = speaking.map((lane) => lane.node.dataset.name).join(" and ");
    const { player } = this;
    this.element.setAttribute("aria-valuetext", `${player.clock(now)} of ${player.clock(player.duration)}${who ? `, ${who} speaking` : ""}`);
  }

  #listen() {
    const box = this.element;
    const second = (event) => ((event.clientX - box.getBoundingClientRect().left) / box.clientWidth) * this.player.duration;
    box.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      box.setPointerCapture(event.pointerId);
      this.player.seek(second(event));
    });
    box.addEventListener("pointermove", (event) => {
      if (box.hasPointerCapture(event.pointerId)) this.player.seek(second(event));
      this.#hover(event.clientX - box.getBoundingClientRect().left, second(event));
    });
    box.addEventListener("pointerleave", () => (this.ghost.hidden = true));
    box.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.draw()).observe(box);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  #hover(x, second) {
    this.ghost.hidden = false;
    this.ghost.style.transform = `translateX(${x}px)`;
    this.ghost.firstElementChild.textContent = this.player.clock(Math.min(Math.max(0, second), this.player.duration));
  }

  #key(event) {
    const now = this.player.time;
    const places = {
      ArrowLeft: now - 5, ArrowRight: now + 5, ArrowDown: now - 1, ArrowUp: now + 1,
      PageUp: now + 30, PageDown: now - 30, Home: 0, End: this.player.duration,
    };
    if (!(event.key in places)) return;
    event.preventDefault();
    this.player.seek(places[event.key]);
  }
}
