// From call to call inside a queue: next, previous, skip with a reason; and the lease is kept while the page is open.

import { register } from "/scripts/keys.js";

const EVERY = 300_000; // milliseconds between two asks for more time; a lease is half an hour

export function turning({ root, player, finder }) {
  const form = (deed) => root.querySelector(`form[data-turn=${deed}]`);
  const skip = root.querySelector("[data-skip-form]");
  if (!skip) return;
  const open = () => {
    player.pause();
    skip.showModal();
  };
  root.querySelector("[data-skip]").addEventListener("click", open);
  skip.querySelector("[data-close]").addEventListener("click", () => skip.close());
  const keys = { group: "Queue", when: () => !finder.hits.length };
  register("N", "Next call of this queue", () => form("next").requestSubmit(), { ...keys, as: "queue.next_call" });
  register("P", "Previous call of this queue", () => form("previous").requestSubmit(), { ...keys, as: "queue.call_before" });
  register("Ctrl+Space", "Skip this call", open, { group: "Queue", as: "queue.skip_call" });

  const body = new FormData(form("next"));
  setInterval(async () => {
    const answer = await fetch("/queues/renew", { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.ok && !(await answer.json()).until) player.say("Somebody else has this call by now: its review takes no more of your answers.");
  }, EVERY);
}
