// Hearing a removed part once more: asked for with a reason, played once, kept nowhere.

import { Writing } from "./writing.js";

export function unmasking({ root, player }) {
  const dialog = root.querySelector("[data-unmask-form]");
  if (!dialog) return;
  const writing = new Writing(dialog, () => hear());
  const fields = writing.form.elements;

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-unmask]");
    if (!button) return;
    player.pause();
    fields.start.value = button.dataset.unmask;
    fields.reason.value = "";
    dialog.querySelector("[data-what]").textContent = button.dataset.what;
    writing.open(fields.reason);
  });

  async function hear() {
    writing.say("");
    const answer = await fetch(writing.form.action, {
      method: "POST", body: new FormData(writing.form), headers: { Accept: "application/json" },
    }).catch(() => null);
    if (!answer?.ok) return writing.say((await answer?.json())?.message ?? "The server cannot be reached. Try again.");
    const context = new AudioContext();
    const source = context.createBufferSource();
    source.buffer = await context.decodeAudioData(await answer.arrayBuffer());
    source.connect(context.destination);
    source.addEventListener("ended", () => context.close());
    source.start();
    dialog.close();
    player.say(`The original is playing: ${source.buffer.duration.toFixed(1)} s`);
  }
}
