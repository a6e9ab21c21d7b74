// The scorecard: answers by keys, keeps every change at once, tells who was faster, submits.
// The page is drawn by the server; this file patches what a change moves. Without it the page can be read.

import { canUndo, TAKES_BACK, undoLast, undone, way } from "/scripts/deeds.js";
import { register } from "/scripts/keys.js";
import { Saver } from "./saver.js";

const GROUP = "Scorecard";
const ANSWERED = "Every question is answered. Submit, or go back with the arrows or the mouse.";

class Scorecard {
  constructor(root) {
    this.root = root;
    this.questions = [...root.querySelectorAll("[data-question]")];
    this.saver = new Saver(root, (state) => this.show(state), (text) => this.say(text), (one, why) => this.refuse(one, why));
    const open = this.shown().find((one) => !one.dataset.value);
    if (open) this.mark(open, { still: true });
    else this.#rest(this.shown().at(-1));
    this.#listen();
    this.#keys();
    root.dataset.ready = "true";
  }

  shown() {
    return this.questions.filter((one) => !one.hidden);
  }

  say(text) {
    this.root.querySelector("[data-said]").textContent = text;
  }

  // A note that the server does not take stays as it was typed, with the reason below it, until it is changed.
  refuse({ question, part }, why) {
    const holder = question ? this.questions.find((one) => one.dataset.question === question) : this.root;
    const note = part === "note" && holder?.querySelector(question ? "[data-note]" : "[data-whole]");
    if (!note) return;
    const told = document.createElement("p");
    told.className = "note bad small";
    told.role = "alert";
    told.textContent = why;
    note.parentElement.querySelector("[role=alert]")?.remove();
    note.after(told);
    note.setAttribute("aria-invalid", "true");
    note.addEventListener("input", () => {
      told.remove();
      note.removeAttribute("aria-invalid");
    }, { once: true });
  }

  // The question that keys answer.
  mark(question, { still = false } = {}) {
    if (!question) return;
    for (const one of this.questions) one.classList.toggle("here", one === question);
    this.here = question;
    if (!still) question.scrollIntoView({ block: "nearest" });
  }

  move(step) {
    const shown = this.shown();
    if (!this.here) return this.mark(this.last);
    this.mark(shown[Math.min(Math.max(0, shown.indexOf(this.here) + step), shown.length - 1)]);
  }

  press(key) {
    if (!this.here) return this.say(ANSWERED);
    const button = this.here.querySelector(`[data-choice][data-key="${key}"]`);
    if (button) this.choose(this.here, button.dataset.choice);
    else this.say(`The marked question has no answer ${key}`);
  }

  // What the machine suggests becomes one's own answer; a question it left open stays where it is.
  accept() {
    if (!this.here) return this.say(ANSWERED);
    const said = this.here.dataset.machine || (this.here.dataset.source === "person" ? this.here.dataset.value : "");
    if (said) this.choose(this.here, said);
    else this.say("The machine left this question open");
  }

  choose(question, value) {
    this.#paint(question, value, "person");
    this.saver.change({ question: question.dataset.question, part: "answer", value, base: Number(question.dataset.version) });
    this.#open(question);
    this.#goAfter(question);
  }

  // What an answer opens is asked at once: a key pressed before the server answers must not pass over it.
  #open(question) {
    for (const one of this.questions) {
      if (one.dataset.after !== question.dataset.question) continue;
      one.hidden = question.hidden || !one.dataset.opens.split(" ").includes(question.dataset.value);
      this.#open(one);
    }
  }

  // On to the next open question, then to what was left open before; where nothing is open no key answers any more.
  #goAfter(question) {
    const open = this.shown().filter((one) => !one.dataset.value);
    const rest = this.questions.slice(this.questions.indexOf(question) + 1);
    const next = open.find((one) => rest.includes(one)) ?? open[0];
    if (next) return this.mark(next);
    this.#rest(question);
    this.root.querySelector("[data-submit]").scrollIntoView({ block: "nearest" });
  }

  // No question is marked: a digit would change an answer that nobody looks at. The arrows go back to ``question``.
  #rest(question) {
    this.last = question;
    this.here?.classList.remove("here");
    this.here = null;
    this.say(ANSWERED);
  }

  async submit() {
    const answer = await this.saver.submit();
    if (!answer) return;
    if (answer.outcome === "submitted") return this.#goOn(answer.go);
    this.show(answer.state);
    if (answer.outcome === "closed") return location.reload();
    if (answer.outcome === "changed") return this.say("Somebody changed an answer meanwhile. Look at it and submit again.");
    const open = this.shown().find((one) => !one.dataset.value);
    this.mark(open);
    this.say(`${answer.state.open} ${answer.state.open === 1 ? "question is" : "questions are"} still open`);
  }

  // What stands now, from the server; questions with an unsaved change of one's own are left alone.
  show(state) {
    if (state.state === "submitted" && this.root.dataset.state === "draft") return location.reload();
    for (const question of this.questions) {
      const now = state.questions[question.dataset.question];
      if (!this.saver.waits(question.dataset.after)) question.hidden = !now.asked;
      question.dataset.version = now.version;
      question.dataset.noteVersion = now.note_version;
      if (this.saver.waits(question.dataset.question)) continue;
      this.#paint(question, now.value, now.source);
      const who = question.querySelector("[data-who]");
      who.hidden = !now.by;
      who.textContent = now.by;
      question.querySelector("[data-machine-says]")?.classList.toggle("differs", now.differs);
      const note = question.querySelector("[data-note]");
      if (note && document.activeElement !== note && !this.saver.waits(`${question.dataset.question} note`)) note.value = now.note;
    }
    this.root.dataset.version = state.version;
    this.root.dataset.flagVersion = state.flag_version;
    const whole = this.root.querySelector("[data-whole]");
    whole.dataset.noteVersion = state.note_version;
    if (document.activeElement !== whole && !this.saver.waits(" note")) whole.value = state.note;
    this.root.querySelector("[data-open]").textContent = state.open;
    this.root.querySelector("[data-score]").textContent = state.score;
    const band = this.root.querySelector("[data-band]");
    band.textContent = state.band;
    band.className = `chip ${state.tone}`;
    this.root.querySelector("[data-fatal]").hidden = !state.fatal;
    for (const radio of this.root.querySelectorAll("[name=review-flag]")) radio.checked = radio.value === (state.flag ?? "");
    this.#clash(state.clash);
  }

  #paint(question, value, source) {
    question.dataset.value = value ?? "";
    question.dataset.source = source;
    for (const button of question.querySelectorAll("[data-choice]"))
      button.setAttribute("aria-pressed", String(button.dataset.choice === value));
  }

  #clash(clash) {
    if (!clash) return;
    const mine = this.saver.lost;
    const place = this.root.querySelector("[data-clash]");
    const question = this.questions.find((one) => one.dataset.question === clash.question);
    const number = question ? `question ${question.querySelector(".n").textContent}` : "this call";
    const what = clash.part === "answer" ? "answered" : "wrote";
    place.querySelector("[data-clash-text]").textContent =
      `${clash.by} ${what} “${clash.title}” on ${number} at ${clash.at}, while you did too. Both are kept in the history; which one counts?`;
    place.hidden = false;
    if (question) this.mark(question);
    place.querySelector("[data-keep]").onclick = () => {
      place.hidden = true;
      this.saver.change({ ...mine, force: true });
    };
    place.querySelector("[data-theirs]").onclick = () => (place.hidden = true);
    place.querySelector("[data-keep]").focus();
  }

  #listen() {
    this.root.addEventListener("click", (event) => {
      const question = event.target.closest("[data-question]");
      const button = event.target.closest("[data-choice]");
      if (button) return this.choose(question, button.dataset.choice);
      if (question) this.mark(question, { still: true });
    });
    this.root.addEventListener("focusin", (event) => this.mark(event.target.closest("[data-question]"), { still: true }));
    for (const note of this.root.querySelectorAll("[data-note]")) this.#keepNote(note);
    for (const radio of this.root.querySelectorAll("[name=review-flag]"))
      radio.addEventListener("change", () =>
        this.saver.change({ question: "", part: "flag", value: radio.value || null, base: Number(this.root.dataset.flagVersion) }));
    this.root.querySelector("[data-submit]").addEventListener("click", () => this.submit());
    this.root.querySelector("[data-undo]").addEventListener("click", () => {
      undone("scorecard");
      this.saver.undo();
    });
  }

  #keepNote(note) {
    const holder = note.closest("[data-question]") ?? note;
    const question = note.closest("[data-question]")?.dataset.question ?? "";
    const write = () => this.saver.change({ question, part: "note", value: note.value, base: Number(holder.dataset.noteVersion) });
    note.addEventListener("input", () => this.saver.later(`${question} note`, write));
    note.addEventListener("blur", () => this.saver.now(`${question} note`));
  }

  #keys() {
    const group = { group: GROUP };
    register(["1", "2", "3", "4", "5", "6", "7", "8", "9"], "Answer the marked question, go on", (_event, key) => this.press(key), group);
    register("0", "It does not apply", () => this.press("0"), group);
    const free = () => !document.activeElement?.closest("a, button, summary, input, select, textarea, [role=slider]");
    register("Enter", "Take the machine's answer, go on", () => this.accept(), { ...group, when: free });
    register(["ArrowUp", "ArrowDown"], "Question before or after", (_event, key) => this.move(key === "ArrowUp" ? -1 : 1), { ...group, when: free });
    register("M", "Write a note on the marked question", () => this.#writeNote(), { ...group, as: "scorecard.note" });
    way("scorecard", () => this.saver.undoable, () => this.saver.undo());
    register("U", TAKES_BACK, undoLast, { ...group, when: canUndo, as: "scorecard.undo" });
    register("Ctrl+Enter", "Submit, and on to the next call", () => this.submit(), { ...group, inFields: true, as: "scorecard.submit" });
  }

  // On in the queue the call was opened from, else to what is assigned next.
  #goOn(address) {
    const next = document.querySelector("form[data-turn=next]");
    if (next) next.requestSubmit();
    else location.assign(address);
  }

  #writeNote() {
    if (!this.here) return this.root.querySelector("[data-whole]").focus();
    this.here.querySelector(".remark").open = true;
    this.here.querySelector("[data-note]").focus();
  }
}

for (const root of document.querySelectorAll("[data-review][data-edit=yes]")) new Scorecard(root);
const begin = document.querySelector("[data-begin] [name=card]")?.form;

// The page that comes back stands where one listens now.
begin?.addEventListener("submit", () => {
  const sound = document.querySelector("audio");
  if (sound?.currentTime > 0) begin.querySelector("[name=t]").value = sound.currentTime.toFixed(1);
});
if (begin) register("G", "Begin the review of this call", () => begin.requestSubmit(), { group: GROUP, as: "scorecard.begin" });
