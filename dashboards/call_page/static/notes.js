// Comments on a second or a stretch of the call: written in a dialog, listed by the server, marked on the waveform.

import { register } from "/scripts/keys.js";
import { send, Writing } from "./writing.js";

const fine = (player, second) => {
  const tenths = Math.round(second * 10);
  return `${player.clock(tenths / 10)}.${tenths % 10}`;
};

export class Notes {
  constructor({ root, player, waveform, marks, undo }) {
    Object.assign(this, { player, waveform, marks, undo });
    this.list = root.querySelector("[data-notes]");
    this.base = `/calls/${root.dataset.call}/notes`;
    this.from = null; // where a stretch begins that is being marked
    this.#mark();
    const dialog = root.querySelector("[data-note-form]");
    if (dialog) this.#write(root, dialog);
  }

  #write(root, dialog) {
    this.writing = new Writing(dialog, () => this.#save());
    this.fields = this.writing.form.elements;
    dialog.addEventListener("close", () => this.#range(null));
    dialog.querySelector("[data-hear]")?.addEventListener("click", () => this.player.playFrom(seconds(this.fields.since.value)));
    root.querySelector("[data-comment]").addEventListener("click", () => this.#comment());
    this.list.addEventListener("click", (event) => {
      const edit = event.target.closest("[data-edit]");
      if (edit) this.#edit(edit.closest("[data-note]"));
    });
    this.list.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#remove(event.target.closest("[data-note]"));
    });
    const keys = { group: "Comments" };
    register("C", "Pause and comment on this second, or on the stretch being marked", () => this.#comment(),
      { ...keys, as: "comments.write" });
    register("R", "Mark a stretch: once at its start, once at its end", () => this.#stretch(), { ...keys, as: "comments.stretch" });
    register("Escape", "Mark no stretch", () => this.#range(null), { ...keys, when: () => this.from !== null });
    this.player.onTime((now) => {
      if (this.from !== null && !dialog.open && this.shown !== Math.floor(now * 4)) {
        this.shown = Math.floor(now * 4); // four times a second is enough for the eye
        this.#show(now);
      }
    });
  }

  #stretch() {
    if (this.from !== null) return this.#comment();
    this.from = this.player.time;
    this.#show(this.from);
    this.player.say(`Stretch from ${this.player.clock(this.from)}: press R again at its end`);
  }

  #range(from) {
    this.from = from;
    this.waveform.setRange(null);
  }

  #show(now) {
    this.waveform.setRange({ start: Math.min(this.from, now), end: Math.max(this.from, now) });
  }

  #comment() {
    this.player.pause();
    const now = this.player.time;
    const from = this.from ?? now;
    this.#open({ start: Math.min(from, now), end: Math.max(from, now), text: "", coaching: false, version: 0, id: null });
  }

  #edit(node) {
    this.#open({ ...told(node), id: node.dataset.note });
  }

  #open({ id, start, end, text, coaching, version }) {
    this.editing = id;
    this.fields.since.value = fine(this.player, start);
    this.fields.until.value = fine(this.player, end);
    this.fields.text.value = text;
    this.fields.coaching.checked = coaching;
    this.fields.version.value = version;
    this.writing.open(this.fields.text);
  }

  get #values() {
    const { since, until, text, coaching, version } = this.fields;
    return { since: since.value, until: until.value, text: text.value, coaching: coaching.checked ? "on" : null, version: version.value };
  }

  async #save() {
    const id = this.editing;
    const before = id && told(this.#node(id));
    const answer = await this.writing.send(id ? `${this.base}/${id}` : this.base, this.#values);
    if (!answer) return;
    this.#listed(answer);
    this.undo.push(() => (before ? this.#put(id, before, "The comment reads as before") : this.#take(answer.id, "The comment is removed")));
  }

  async #remove(node) {
    const [id, before] = [node.dataset.note, told(node)];
    const { ok, told: answer } = await send(this.writing.form, `${this.base}/${id}/remove`, { version: before.version });
    if (!ok) return this.player.say(answer.message);
    this.#listed(answer);
    this.undo.push(() => this.#put(id, { ...before, version: answer.version }, "The comment is back"));
  }

  // Taking back: the newest version is the one just made, so a newer one of somebody else is never lost.
  async #put(id, before, said) {
    const version = this.#node(id)?.dataset.version ?? before.version;
    const { ok, told: answer } = await send(this.writing.form, `${this.base}/${id}`, {
      since: fine(this.player, before.start), until: fine(this.player, before.end), text: before.text,
      coaching: before.coaching ? "on" : null, version,
    });
    if (ok) this.#listed(answer);
    return ok ? said : null;
  }

  async #take(id, said) {
    const node = this.#node(id);
    if (!node) return null;
    const { ok, told: answer } = await send(this.writing.form, `${this.base}/${id}/remove`, { version: node.dataset.version });
    if (ok) this.#listed(answer);
    return ok ? said : null;
  }

  #node(id) {
    return this.list.querySelector(`[data-note="${CSS.escape(id)}"]`);
  }

  #listed(answer) {
    const drawn = document.createElement("template");
    drawn.innerHTML = answer.listed; // made by the server from the same template as the page, every text escaped
    this.list.replaceChildren(drawn.content);
    const none = document.querySelector("[data-no-notes]");
    if (none) none.hidden = Boolean(this.list.querySelector("[data-note]"));
    this.player.say(answer.said);
    this.#mark();
  }

  #mark() {
    const notes = [...(this.list?.querySelectorAll("[data-note]") ?? [])];
    this.marks.setNotes(notes.map((node) => ({
      start: Number(node.dataset.start),
      label: `${node.querySelector("strong").textContent}: ${node.querySelector(".words").textContent}`,
    })));
  }
}

function told(node) {
  return {
    start: Number(node.dataset.start), end: Number(node.dataset.end), text: node.querySelector(".words").textContent,
    coaching: "coaching" in node.dataset, version: Number(node.dataset.version),
  };
}

function seconds(text) {
  return text.split(":").reduce((sum, part) => 60 * sum + Number(part), 0) || 0;
}
