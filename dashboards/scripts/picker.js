// A field that names a call: while somebody types, calls of their teams that begin so are offered, the newest first.
// With ``data-adds`` the field feeds a list: what is chosen becomes a line of it. Without this file names are typed.

for (const field of document.querySelectorAll("input[data-picks]")) {
  const offers = document.getElementById(field.getAttribute("list"));
  const token = field.form.elements.csrf_token.value;
  const list = field.dataset.adds && document.getElementById(field.dataset.adds);
  let asked = null;

  const option = ({ says, name, about }) =>
    Object.assign(document.createElement("option"), { value: says, label: says === name ? about : `${name} · ${about}` });

  async function offer() {
    asked?.abort();
    asked = new AbortController();
    const body = new URLSearchParams({ begins: field.value });
    const headers = { Accept: "application/json", "X-CSRFToken": token };
    const found = await fetch("/assignments/calls", { method: "POST", body, headers, signal: asked.signal })
      .then((answer) => (answer.ok ? answer.json() : null))
      .catch(() => null); // the next letter has asked meanwhile, or nobody answers: names can be typed all the same
    if (!found) return;
    offers.replaceChildren(...found.map(option));
    offers.dataset.for = body.get("begins");
  }

  const known = () => [...offers.options].some((one) => one.value === field.value.trim());

  function add() {
    const name = field.value.trim();
    if (!name) return;
    const lines = list.value.split("\n").map((one) => one.trim()).filter(Boolean);
    if (!lines.includes(name)) lines.push(name);
    list.value = lines.join("\n");
    field.value = "";
    field.focus();
    offer();
  }

  field.addEventListener("focus", offer, { once: true });
  field.addEventListener("input", (event) => {
    const chosen = event.inputType === undefined || event.inputType === "insertReplacementText"; // out of the offers
    if (list && chosen && known()) add();
    else if (!chosen) offer();
  });
  if (!list) continue;
  field.hidden = false;
  field.closest(".field").hidden = false;
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !field.value.trim()) return;
    event.preventDefault(); // it adds a line, and does not send the form
    add();
  });
  document.querySelector(`[data-add="${field.id}"]`).addEventListener("click", add);
}
