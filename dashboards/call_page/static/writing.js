// What the forms of the call page share: sending them without leaving the page, and taking back what was just done.

import { canUndo, did, TAKES_BACK, undoLast, way } from "/scripts/deeds.js";
import { register } from "/scripts/keys.js";

// Sends a form to `action`; gives { ok, told }. What the server says in words is in told.message when it is not ok.
export async function send(form, action, values) {
  const body = new FormData();
  body.set("csrf_token", form.elements.csrf_token.value);
  for (const [name, value] of Object.entries(values)) if (value !== null) body.set(name, value);
  try {
    const answer = await fetch(action, {
      method: "POST", body, headers: { "X-Requested-With": "callsift", Accept: "application/json" },
    });
    return { ok: answer.ok, told: await answer.json() };
  } catch {
    return { ok: false, told: { message: "The server cannot be reached. What you wrote is still here; try again." } };
  }
}

// A dialog with a form in it: Ctrl+Enter sends, problems are shown in it, closing gives the focus back.
export class Writing {
  constructor(dialog, submit) {
    this.dialog = dialog;
    this.form = dialog.querySelector("form");
    this.problem = dialog.querySelector("[data-problem]");
    for (const button of dialog.querySelectorAll("[data-close]")) button.addEventListener("click", () => dialog.close());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit(event.submitter);
    });
    this.form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.form.requestSubmit();
    });
  }

  open(field) {
    this.say("");
    if (!this.dialog.open) this.dialog.showModal();
    field.focus();
    field.select?.();
  }

  say(problem) {
    this.problem.hidden = !problem;
    this.problem.querySelector("span").textContent = problem;
  }

  // Sends and closes; where the server says no the form stays as it is and says why. A newer version that the server
  // names is taken on, so that sending once more puts this text over it, knowingly.
  async send(action, values) {
    const { ok, told } = await send(this.form, action, values);
    if (told.version !== undefined && told.version !== null) this.form.elements.version.value = told.version;
    if (ok) this.dialog.close();
    else this.say(told.message);
    return ok ? told : null;
  }
}

// The last deed of this visit, to be taken back by U. Deeds are functions that give the sentence to say, or null.
export class Undo {
  constructor(player) {
    this.player = player;
    this.deeds = [];
  }

  push(deed) {
    this.deeds.push(deed);
    did("comments");
  }

  register() {
    const undo = async () => {
      const said = await this.deeds.pop()();
      this.player.say(said ?? "This could not be taken back: somebody changed it meanwhile.");
    };
    way("comments", () => this.deeds.length > 0, undo);
    register("U", TAKES_BACK, undoLast, { group: "Comments", when: canUndo, as: "comments.undo" });
  }
}
