// The marks above the waveform: a button for each place that has a reason, so that they can be reached by keyboard.
// Marks that would overlap become one button that says how many it stands for.

const ROOM = 26; // pixels between two buttons: 24 for the target, 2 between
const STRENGTH = ["fail", "unsure", "note", "finding", "overlap", "silence"];

const told = (node) => ({
  node, start: Number(node.dataset.start), tone: node.dataset.tone, sign: node.textContent, label: node.title,
});

export class Marks {
  constructor(element, player, lead) {
    this.element = element;
    this.player = player;
    this.lead = lead;
    this.marks = [...element.querySelectorAll("button")].map(told);
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) player.playFrom(this.#lead(Number(button.dataset.start)));
    });
    new ResizeObserver(() => this.#place()).observe(element);
  }

  // Marks for what people wrote, in place of those before: [{ start, label }, ...].
  setNotes(notes) {
    for (const mark of this.marks.filter((one) => one.tone === "note")) mark.node.remove();
    const added = notes.map(({ start, label }) => {
      const node = document.createElement("button");
      Object.assign(node, { type: "button", className: "note", textContent: "✎", title: label });
      Object.assign(node.dataset, { tone: "note", start });
      return node;
    });
    this.element.append(...added);
    this.marks = [...this.marks.filter((one) => one.tone !== "note"), ...added.map(told)];
    this.#place();
  }

  // Jump to the run-up of the next (or previous) mark, seen from the present second.
  jump(step) {
    const now = this.player.time;
    const starts = [...new Set(this.marks.map((mark) => this.#lead(mark.start)))].sort((a, b) => a - b);
    const next = step > 0 ? starts.find((one) => one > now + 0.3) : starts.findLast((one) => one < now - 1);
    if (next === undefined) return this.player.say(step > 0 ? "No mark after this second" : "No mark before this second");
    this.player.seek(next);
    const mark = this.marks.find((one) => this.#lead(one.start) === next);
    this.player.say(`${this.player.clock(mark.start)}: ${mark.label}`);
  }

  #lead(start) {
    return Math.max(0, start - this.lead);
  }

  #place() {
    const width = this.element.clientWidth;
    for (const group of this.#groups(width)) {
      const first = group.reduce((best, one) => (STRENGTH.indexOf(one.tone) < STRENGTH.indexOf(best.tone) ? one : best));
      for (const mark of group) mark.node.hidden = mark !== first;
      first.node.className = first.tone;
      first.node.textContent = group.length > 1 ? String(group.length) : first.sign;
      first.node.title = group.map((one) => one.label).join("\n");
      const many = group.length > 1 ? `${group.length} places from ` : "";
      first.node.setAttribute("aria-label", `${many}${this.player.clock(group[0].start)}: ${group.map((one) => one.label).join("; ")}`);
      first.node.dataset.start = group[0].start;
      first.node.style.transform = `translateX(${Math.min(Math.max(12, this.#x(group[0], width)), width - 12)}px)`;
    }
  }

  #groups(width) {
    const groups = [];
    for (const mark of this.marks.toSorted((a, b) => a.start - b.start)) {
      const last = groups.at(-1);
      if (last && this.#x(mark, width) - this.#x(last[0], width) < ROOM) last.push(mark);
      else groups.push([mark]);
    }
    return groups;
  }

  #x(mark, width) {
    return (mark.start / this.player.duration) * width;
  }
}
