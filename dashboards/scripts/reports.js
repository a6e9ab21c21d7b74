// The reports page: how far reports are that are being made, and how much of each choice is picked.

const PAUSE = 1500; // milliseconds between two looks

for (const said of document.querySelectorAll("[data-picked]")) {
  const boxes = [...document.querySelectorAll(`input[name="${said.dataset.picked}"]`)];
  const tell = () => {
    const picked = boxes.filter((box) => box.checked).map((box) => box.value);
    said.textContent = picked.length ? picked.join(", ") : said.dataset.all;
  };
  for (const box of boxes) box.addEventListener("change", tell);
  tell();
}

const form = document.querySelector("#report-form");
const holds = form?.querySelector("[data-holds]");
let asked = 0; // of several answers only that to the last question counts

async function count() {
  const mine = ++asked;
  const wanted = new FormData(form);
  for (const name of ["csrf_token", "recipients", "format", "unchecked"]) wanted.delete(name);
  const answer = await fetch(`/reports/calls?${new URLSearchParams(wanted)}`, { headers: { Accept: "application/json" } });
  if (mine !== asked) return;
  if (!answer.ok) return (holds.textContent = "How many calls lie in these days cannot be told: look at the days and the zone.");
  const { calls } = await answer.json();
  if (mine === asked) holds.textContent = `${calls.toLocaleString("en")} ${calls === 1 ? "call lies" : "calls lie"} in these days and choices.`;
}

if (holds) form.addEventListener("change", count);

const rows = new Map([...document.querySelectorAll("[data-report]")].map((row) => [row.dataset.report, row]));
const unfinished = () => [...rows.values()].some((row) => ["waiting", "running"].includes(row.dataset.state));

async function look() {
  const answer = await fetch("/reports/progress", { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  for (const { id, state, done, of } of (await answer.json()).reports) {
    const row = rows.get(id);
    if (!row) continue;
    if (state !== row.dataset.state && ["done", "failed"].includes(state)) return location.reload();
    const bar = row.querySelector("progress");
    if (bar) [bar.max, bar.value] = [of || 1, done];
  }
  setTimeout(look, PAUSE);
}

if (unfinished()) setTimeout(look, PAUSE);
