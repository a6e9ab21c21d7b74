// Sends changes one after the other, keeps what could not be sent and tries again, and looks what others changed.

import { did } from "/scripts/deeds.js";

const PAUSE = 400; // milliseconds after the last letter of a note
const LOOK = 8000; // between two looks at what others do
const WAITS = [1000, 3000, 10000]; // before trying again

export class Saver {
  constructor(root, show, say, refuse = () => {}) {
    this.address = `/reviews/${root.dataset.review}`;
    this.token = root.querySelector("[name=csrf_token]").value;
    this.root = root;
    this.show = show;
    this.say = say;
    this.refuse = refuse;
    this.unkept = new Set(); // what the server did not take: it stays on the page as it was typed
    this.queue = [];
    this.timers = new Map();
    this.undoable = Boolean(root.querySelector("[data-source=person]")); // until there is nothing of one's own any more
    this.lost = null; // the own change that somebody else's stood against
    addEventListener("pagehide", () => this.#flush());
    addEventListener("beforeunload", (event) => (this.queue.length || this.unkept.size) && event.preventDefault());
    setInterval(() => this.#look(), LOOK);
  }

  // Whether something of this question is not kept yet: "solved", "solved note", " note".
  waits(what) {
    return this.timers.has(what) || this.unkept.has(what) || this.queue.some((one) => this.#name(one) === what);
  }

  change(one) {
    this.queue.push(one);
    this.unkept.delete(this.#name(one));
    this.undoable = true;
    did("scorecard");
    this.say("Keeping…");
    this.#run();
  }

  later(name, write) {
    clearTimeout(this.timers.get(name)?.timer);
    const timer = setTimeout(() => this.now(name), PAUSE);
    this.timers.set(name, { timer, write });
  }

  now(name) {
    const waiting = this.timers.get(name);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.timers.delete(name);
    waiting.write();
  }

  async undo() {
    await this.#settled();
    const answer = await this.#send("undo", {});
    if (!answer) return;
    this.show(answer.state);
    this.undoable = answer.outcome === "saved";
    this.say(answer.undone || "There is nothing of yours to undo");
  }

  async submit() {
    for (const name of [...this.timers.keys()]) this.now(name);
    await this.#settled();
    if (this.unkept.size) return this.say("A note is not kept yet; what to do stands below it.");
    return this.#send("submit", { version: Number(this.root.dataset.version) });
  }

  #name(one) {
    return one.part === "answer" ? one.question : `${one.question} ${one.part}`;
  }

  #settled() {
    return this.running ?? Promise.resolve();
  }

  #run() {
    this.running ??= this.#drain().finally(() => (this.running = null));
  }

  async #drain() {
    while (this.queue.length) {
      const one = { ...this.queue[0] };
      const answer = await this.#patiently(one);
      if (!answer && !this.refused) return;
      if (!answer) {
        this.queue.shift(); // what follows is kept all the same
        if (one.part === "note") this.unkept.add(this.#name(one));
        this.refuse(one, this.refused);
        continue;
      }
      this.queue.shift();
      if (answer.outcome === "saved") this.#rebase(answer.state);
      this.lost = answer.outcome === "clash" ? { ...one, base: this.#versionOf(answer.state, one) } : null;
      this.show(answer.state);
      if (answer.outcome === "saved") this.say(`Kept at ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" })}`);
    }
  }

  // Later changes of the same question follow one's own change that was just kept.
  #rebase(state) {
    for (const one of this.queue) one.base = this.#versionOf(state, one);
  }

  #versionOf(state, one) {
    if (one.part === "flag") return state.flag_version;
    if (!one.question) return state.note_version;
    const question = state.questions[one.question];
    return one.part === "note" ? question.note_version : question.version;
  }

  async #patiently(one) {
    for (const wait of [...WAITS, 0]) {
      const answer = await this.#send("answer", one, wait === 0);
      if (answer || this.refused) return answer;
      this.say(`Not kept yet: the server does not answer. Trying again in ${wait / 1000} s.`);
      await new Promise((done) => setTimeout(done, wait));
    }
    return null;
  }

  async #send(what, body, last = true) {
    this.refused = false;
    try {
      const answer = await fetch(`${this.address}/${what}`, {
        method: "POST", keepalive: true, body: JSON.stringify(body),
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.token },
      });
      if (answer.ok) return await answer.json();
      const told = (await answer.json().catch(() => ({}))).message;
      this.refused = answer.status < 500 && (told ?? "Not kept.");
      if (this.refused || last) this.say(told ?? "Not kept. Reload the page, and sign in again if you were away.");
    } catch {
      if (last) this.say("Not kept: the server does not answer. Leave the page open and change something to try again.");
    }
    return null;
  }

  #flush() {
    for (const name of [...this.timers.keys()]) this.now(name);
  }

  async #look() {
    if (document.hidden || this.queue.length || this.timers.size) return;
    const answer = await fetch(`${this.address}/state`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.ok && !this.queue.length && !this.timers.size) this.show(await answer.json());
  }
}
