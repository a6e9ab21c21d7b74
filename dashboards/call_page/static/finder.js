// Search inside the call: words that begin with what was typed, one after the other for phrases. Hits show on the
// waveform too. Nothing leaves the page.

const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "");

export class Finder {
  constructor(element, transcript, waveform, player) {
    this.input = element.querySelector("input");
    this.output = element.querySelector("output");
    this.transcript = transcript;
    this.waveform = waveform;
    this.player = player;
    this.hits = [];
    this.refresh();
    this.input.addEventListener("input", () => this.#search());
    this.input.addEventListener("keydown", (event) => this.#key(event));
  }

  // Read the words anew: one was corrected.
  refresh() {
    this.turns = this.transcript.turns.map((turn) => turn.words.map(({ node }) => ({ node, text: plain(node.textContent) })));
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  clear() {
    this.input.value = "";
    this.#search();
  }

  step(by) {
    if (!this.hits.length) return;
    this.at = (this.at + by + this.hits.length) % this.hits.length;
    this.#show();
  }

  #key(event) {
    if (event.key === "Enter") {
      event.preventDefault();
      this.step(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      this.clear();
      this.input.blur();
    }
  }

  #search() {
    for (const hit of this.hits) for (const word of hit) word.node.classList.remove("found", "here");
    const wanted = this.input.value.split(/\s+/).map(plain).filter(Boolean);
    this.hits = wanted.length ? this.turns.flatMap((words) => this.#inTurn(words, wanted)) : [];
    for (const hit of this.hits) for (const word of hit) word.node.classList.add("found");
    this.waveform.setHits(this.hits.map((hit) => Number(hit[0].node.dataset.s)));
    this.at = 0;
    if (this.hits.length) this.#show();
    else this.output.textContent = wanted.length ? "not said" : "";
  }

  // All words but the last must be whole: the last one may still be being typed.
  #inTurn(words, wanted) {
    const fits = (word, n) => (n === wanted.length - 1 ? word?.text.startsWith(wanted[n]) : word?.text === wanted[n]);
    const starts = [...words.keys()].filter((at) => wanted.every((_, n) => fits(words[at + n], n)));
    return starts.map((at) => words.slice(at, at + wanted.length));
  }

  #show() {
    document.querySelector(".w.here")?.classList.remove("here");
    const [first] = this.hits[this.at];
    first.node.classList.add("here");
    this.transcript.reveal(first.node);
    this.output.textContent = `${this.at + 1} of ${this.hits.length}`;
  }
}
