// Working through a queue: keys, choosing many calls, deeds on them with a count before and an undo after.
// The grid itself is Dash's; here it is only asked which rows it has.

import { register } from "/scripts/keys.js";
import { inPieces } from "/scripts/pieces.js";

const $ = (mark) => document.querySelector(`[data-${mark}]`);
const token = document.querySelector("[data-queue-work] [name=csrf_token]")?.value;
const grid = () => window.dash_ag_grid.getApiAsync("queue-grid");
const DEEDS = {
  take: ["Take these calls", "is yours for half an hour", "are yours for half an hour"],
  release: ["Give these calls back", "is free again", "are free again"],
  aside: ["Set these calls aside", "leaves every queue, for everyone", "leave every queue, for everyone"],
};
const UNDO_SECONDS = 30;

async function post(path, fields) {
  const body = new URLSearchParams(Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one])));
  const answer = await fetch(path, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token } });
  return answer.ok ? answer.json() : { says: (await answer.json().catch(() => ({}))).message ?? "That did not work. Reload the page and try again." };
}

// ---- forms that must know the filters set meanwhile --------------------------------------------------------------

for (const form of document.querySelectorAll("[data-with-search]"))
  form.addEventListener("submit", () => (form.elements.search.value = location.search));

// ---- one row -----------------------------------------------------------------------------------------------------

const row = async () => {
  const api = await grid();
  const at = api.getFocusedCell()?.rowIndex;
  return at == null ? null : api.getDisplayedRowAtIndex(at);
};

async function move(by) {
  const api = await grid();
  const last = api.getDisplayedRowCount() - 1;
  const at = Math.min(Math.max((api.getFocusedCell()?.rowIndex ?? -1) + by, 0), last);
  if (last < 0) return;
  api.ensureIndexVisible(at);
  api.setFocusedCell(at, api.getAllDisplayedColumns().find((column) => column.getColId() !== "ag-Grid-SelectionColumn"));
}

// Opening a call takes it, so that nobody else is given it; one that somebody else has is only looked at.
export async function open(data) {
  const href = `/calls/${encodeURIComponent(data.id)}`;
  if (!token) return location.assign(href);
  const given = await post("/queues/take", { search: location.search, call: data.id }).catch(() => ({}));
  location.assign(given.href ?? href);
}
window.callsiftOpen = open;

// ---- many rows ---------------------------------------------------------------------------------------------------

let anchor = null;

async function toggle() {
  const node = await row();
  if (!node?.data) return;
  node.setSelected(!node.isSelected());
  anchor = node.rowIndex;
}

async function range() {
  const api = await grid();
  const node = await row();
  if (!node?.data) return;
  const from = anchor ?? node.rowIndex;
  for (let at = Math.min(from, node.rowIndex); at <= Math.max(from, node.rowIndex); at += 1) {
    const one = api.getDisplayedRowAtIndex(at);
    if (one?.data) one.setSelected(true);
  }
}

const chosen = async () => // in the order of the queue, in which they will be walked through
  (await grid()).getSelectedNodes().filter((node) => node.data).sort((a, b) => a.rowIndex - b.rowIndex).map((node) => node.data.id);

async function count() {
  const ids = await chosen();
  $("bulk").hidden = ids.length === 0;
  $("count").textContent = ids.length === 1 ? "1 call chosen" : `${ids.length} calls chosen`;
}

async function none() {
  (await grid()).deselectAll();
  anchor = null;
}

async function refresh() {
  await none();
  (await grid()).purgeInfiniteCache();
}

const plural = (number) => (number === 1 ? "1 call" : `${number} calls`);

function ask(box) {
  box.showModal();
  return new Promise((done) => box.addEventListener("close", () => done(box.returnValue === "yes"), { once: true }));
}

async function deed(what) {
  const ids = await chosen();
  const found = await post("/queues/preview", { what, call: ids });
  if (found.changed === undefined) return toast(found.says);
  const box = $("sure");
  $("title").textContent = DEEDS[what][0];
  const becomes = DEEDS[what][found.changed === 1 ? 1 : 2];
  $("says").textContent = `Of ${plural(found.chosen)} chosen, ${found.changed || "none"} ${becomes}.`;
  $("left").replaceChildren(...Object.entries(found.left).map(([why, number]) => Object.assign(document.createElement("li"), { textContent: `${number} ${why}: left as ${number === 1 ? "it is" : "they are"}` })));
  $("reason-field").hidden = what !== "aside";
  $("yes").disabled = found.changed === 0;
  box.returnValue = "no";
  if (!(await ask(box))) return;
  const told = { what, search: location.search, reason: box.querySelector("#bulk-reason").value };
  const done = await inPieces(DEEDS[what][0], ids, Number($("bulk").dataset.piece), (some) => post("/queues/bulk", { ...told, call: some }));
  if (!done.ids.length) return toast(done.says);
  await refresh();
  toast(outcome(done), done.ids);
}

// What a deed came to: those done, those that stayed as they are, those it never reached and why.
function outcome({ changed, left, missing, says }) {
  const kept = Object.entries(left).map(([why, number]) => `${number} ${why}`);
  const stays = kept.length ? ` Left as they are: ${kept.join(", ")}.` : "";
  return `${plural(changed)} done.${stays}${missing ? ` ${says} ${plural(missing)} not reached.` : ""}`;
}

// ---- undo --------------------------------------------------------------------------------------------------------

let ticking = 0;

function toast(words, ids = []) {
  const box = $("toast");
  const button = $("undo");
  clearInterval(ticking);
  box.querySelector("span").textContent = words;
  box.hidden = false;
  button.hidden = !ids.length;
  let left = UNDO_SECONDS;
  const tick = () => {
    button.textContent = `Undo (${left} s)`;
    if (left-- <= 0) [box.hidden] = [true, clearInterval(ticking)];
  };
  tick();
  ticking = setInterval(tick, 1000);
  button.onclick = async () => {
    const back = await post("/queues/undo", { id: ids });
    await refresh();
    toast(back.undone === undefined ? back.says : `${plural(back.undone)} put back.`);
  };
}

async function skip() {
  const node = await row();
  const box = $("skip");
  box.returnValue = "no";
  if (!node?.data || !(await ask(box))) return;
  const reason = box.querySelector("[name=reason]:checked").value;
  const answer = await post("/queues/skip", { search: location.search, call: node.data.id, reason, stay: 1 });
  toast(!answer.skipped ? answer.says : `${node.data.name} is not given to you again.`);
  (await grid()).purgeInfiniteCache();
}

// ---- wiring ------------------------------------------------------------------------------------------------------

const group = "Queue";
register(["J", "K"], "Next or previous row", (_event, key) => move(key === "J" ? 1 : -1), { group, as: ["queue.row_next", "queue.row_before"] });
const take = document.querySelector("[data-queue-work] form[action='/queues/next']");
if (take) register("N", "Open the next call that nobody has", () => take.requestSubmit(), { group, as: "queue.take_next" });
if (token) {
  register("X", "Choose the row, or not", toggle, { group, as: "queue.choose" });
  register("Shift+X", "Choose all rows from the one chosen last to here", range, { group, as: "queue.range" });
  register("S", "Skip the call, with a reason", skip, { group, as: "queue.skip" });
  for (const button of document.querySelectorAll("[data-do]")) button.addEventListener("click", () => deed(button.dataset.do));
  $("none").addEventListener("click", none);
  document.addEventListener("callsift:chosen", count);
}
