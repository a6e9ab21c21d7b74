// Correcting words: the one that is lit, or its neighbours. What was recognised is kept and shown.

import { register } from "/scripts/keys.js";
import { send, Writing } from "./writing.js";

const AROUND = 4; // words of context on either side

export class Words {
  constructor({ root, player, transcript, finder, undo }) {
    const dialog = root.querySelector("[data-word-form]");
    if (!dialog) return;
    Object.assign(this, { player, transcript, finder, undo });
    this.address = `/calls/${root.dataset.call}/words`;
    this.writing = new Writing(dialog, (button) => this.#save(button?.hasAttribute("data-back-to-original") ? "" : this.fields.text.value));
    this.fields = this.writing.form.elements;
    this.like = dialog.querySelector("[data-alternatives]");
    this.context = dialog.querySelector("[data-context]");
    this.hint = dialog.querySelector("[data-original]");
    this.back = dialog.querySelector("[data-back-to-original]");
    for (const button of dialog.querySelectorAll("[data-step]"))
      button.addEventListener("click", () => this.#step(Number(button.dataset.step)));
    dialog.querySelector("[data-hear]")?.addEventListener("click", () => this.player.playFrom(Math.max(0, this.word.start - 1)));
    root.querySelector("[data-correct]")?.addEventListener("click", () => this.#begin());
    register("E", "Correct the word that is lit", () => this.#begin(), { group: "Comments", when: () => this.#words.length > 0, as: "comments.correct" });
  }

  get #words() {
    return this.transcript.words.filter((word) => !word.node.classList.contains("redacted"));
  }

  #begin() {
    this.player.pause();
    const words = this.#words;
    const lit = words.findLast((word) => word.start <= this.player.time + 0.02) ?? words[0];
    if (lit) this.#choose(lit);
  }

  #step(by) {
    const words = this.#words;
    const next = words[words.indexOf(this.word) + by];
    if (next) this.#choose(next);
  }

  #choose(word) {
    this.word = word;
    const { node } = word;
    this.fields.text.value = node.textContent;
    this.fields.place.value = word.place;
    this.fields.version.value = node.dataset.version ?? 0;
    this.hint.textContent = node.dataset.original ? node.title : node.title || "As recognised";
    this.back.hidden = !node.dataset.original;
    this.#say(word);
    this.#offer(word);
    this.writing.open(this.fields.text);
  }

  // What the word may have been instead, by its sound: a click writes it into the field.
  async #offer(word) {
    this.like.replaceChildren();
    const place = new URLSearchParams({ place: word.place });
    const answer = await fetch(`${this.address.replace(/words$/, "alternatives")}?${place}`).catch(() => null);
    const { words } = answer?.ok ? await answer.json() : { words: [] };
    if (this.word !== word || !words.length) return;
    const buttons = words.map((text) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button small", textContent: text });
      button.addEventListener("click", () => {
        this.fields.text.value = text;
        this.fields.text.focus();
      });
      return button;
    });
    this.like.replaceChildren("Sounds like ", ...buttons.flatMap((one) => [one, " "]));
  }

  // The words around, with this one marked.
  #say(word) {
    const at = this.transcript.words.indexOf(word);
    const text = (from, to) => this.transcript.words.slice(Math.max(0, from), to).map((one) => one.node.textContent).join(" ");
    const here = document.createElement("mark");
    here.textContent = word.node.textContent;
    this.context.replaceChildren(`… ${text(at - AROUND, at)} `, here, ` ${text(at + 1, at + 1 + AROUND)} …`);
  }

  async #save(text) {
    const { word } = this;
    const before = word.node.dataset.original ? word.node.textContent : "";
    const answer = await this.writing.send(this.address, { place: word.place, version: this.fields.version.value, text });
    if (!answer) return;
    this.#show(word, answer);
    this.undo.push(async () => {
      const back = await send(this.writing.form, this.address, { place: word.place, version: word.node.dataset.version, text: before });
      if (back.ok) this.#show(word, back.told);
      return back.ok ? `The word reads “${word.node.textContent}” again` : null;
    });
  }

  #show({ node }, { text, title, original, version, said }) {
    node.textContent = text;
    node.title = title;
    node.dataset.version = version;
    node.classList.toggle("corrected", text !== original);
    if (text !== original) {
      node.dataset.original = original;
      node.classList.remove("doubt"); // somebody listened
    } else delete node.dataset.original;
    this.finder.refresh();
    this.player.say(said);
  }
}
