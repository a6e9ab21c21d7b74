// Keeps a change of a scorecard a moment after it is made, and draws the form anew where other fields depend on one.

const WAIT = 900; // milliseconds after the last change
const form = document.querySelector("[data-editor]");
const said = form.querySelector("[data-said]");
let timer = 0;
let running = null;

async function keep() {
  const body = new URLSearchParams(new FormData(form));
  body.set("do", "save");
  const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "callsift" } }).catch(() => null);
  const told = answer && (await answer.json().catch(() => null));
  if (answer?.ok && told) {
    form.elements.draft.value = told.draft;
    said.textContent = told.faults ? `Kept, with ${told.faults} ${told.faults === 1 ? "fault" : "faults"}: Save shows where.` : "Kept.";
  } else {
    said.textContent = told?.message ?? "Not kept: the server does not answer. It is tried again with the next change.";
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(() => (running = keep()), WAIT);
}

form.addEventListener("input", (event) => {
  if (event.target.name !== "note") soon();
});
form.addEventListener("change", (event) => {
  if (event.target.matches("[data-redraw]")) redraw(event.target);
});

function redraw(field) {
  clearTimeout(timer);
  const place = document.createElement("input");
  place.type = "hidden";
  place.name = "place";
  place.value = field.closest("details").id.replace(/^s(\d+)-q(\d+)$/, "$1.$2");
  form.append(place);
  form.requestSubmit();
}

// Enter in a field saves; what a button asks for waits until the last keeping is done, so that it builds on it.
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  if (!running) return;
  event.preventDefault();
  const button = event.submitter;
  await running;
  running = null;
  form.requestSubmit(button);
});
form.dataset.ready = "true";
