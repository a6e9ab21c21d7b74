// The call page: puts its parts together. Everything it needs stands in the document; peaks are fetched once.
// No framework and no build step: each file here is one part with one job.

import { Finder } from "./finder.js";
import { Marks } from "./marks.js";
import { Notes } from "./notes.js";
import { Player } from "./player.js";
import { shortcuts } from "./shortcuts.js";
import { similar } from "./similar.js";
import { Transcript } from "./transcript.js";
import { turning } from "./turning.js";
import { unmasking } from "./unmasking.js";
import { Waveform } from "./waveform.js";
import { Words } from "./words.js";
import { Undo } from "./writing.js";

const LEAD = 5; // seconds of run-up before a piece of evidence

const root = document.querySelector("[data-call]");
const duration = Number(root.dataset.duration);
const player = new Player(document.querySelector("audio"), root, duration);
const transcript = new Transcript(document.querySelector(".transcript"), player);
const waveform = new Waveform(document.querySelector(".lanes"), player, transcript.turns);
const marks = new Marks(document.querySelector(".marks"), player, LEAD);
const finder = new Finder(document.querySelector(".find"), transcript, waveform, player);
const undo = new Undo(player);
const parts = { root, player, transcript, waveform, marks, finder, undo };
shortcuts(parts);
new Notes(parts);
new Words(parts);
undo.register();
turning(parts);
unmasking(parts);

waveform.load(root.dataset.peaks);

root.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-evidence], button[data-play]");
  if (button?.dataset.evidence) player.playFrom(Math.max(0, Number(button.dataset.evidence) - LEAD));
  else if (button) player.playFrom(Number(button.dataset.play));
});

for (const copy of document.querySelectorAll("[data-copy-link]")) {
  copy.addEventListener("click", async () => {
    const link = new URL(location.href);
    link.search = `?t=${player.time.toFixed(1)}`;
    await navigator.clipboard.writeText(link.href);
    player.say(`Link to ${player.clock(player.time)} copied`);
  });
}

// A deep link says its second as 73.2, 1:13 or 1:02:03; what is none of these, or behind the end, is said.
const place = new URLSearchParams(location.search).get("t");
const second = /^(\d{1,3}:){0,2}\d{1,5}(\.\d+)?$/.test(place) ? place.split(":").reduce((sum, part) => 60 * sum + Number(part), 0) : NaN;
if (place && !(second <= duration))
  player.say(Number.isNaN(second) ? `“${place.slice(0, 20)}” is no place in a call: write 73.2 or 1:13` : `The call ends at ${player.clock(duration)}`);
else if (second > 0) {
  player.seek(second);
  transcript.toNow();
}
root.dataset.ready = "true";
similar(parts);
