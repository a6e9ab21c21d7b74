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
