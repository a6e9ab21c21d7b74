// Keys of a page. Each part of a page registers its own; `?` lists those that work right now, and no others.
// Single keys are quiet while somebody types, and can be switched off (WCAG 2.1.4); keys with Ctrl always work.
// Each person may choose keys of their own: a deed that names itself (``as``) is found by that name in their map.
// Always imported as /scripts/keys.js, without a fingerprint: two addresses would be two registries.

const STORED = "callsift.keys";
const FIELDS = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";
const entries = [];
const help = document.querySelector("[data-keys-help]");
const box = help?.querySelector("input[type=checkbox]");
const own = JSON.parse(help?.dataset.own || "{}"); // deed -> key, both out of the server's closed lists

// `keys` is one key or several that belong together ("J", "Shift+J", "Ctrl+Enter", "Space", "?", "ArrowLeft"); `words`
// say what it does in the list; `action(event, key)` does it. Options: `group`, the heading in the list; `when`, a
// function that says whether the key works now; `inFields`, whether it also works while somebody types; `as`, the names of
// what the keys do (dashboards/preferences.py), one for each key. The action is told the key it has by itself.
// Of two keys that are the same the one registered last and working now counts. Returns a function that takes it back.
export function register(keys, words, action, { group = "This page", when = () => true, inFields = false, as = [] } = {}) {
  const shipped = [keys].flat();
  const names = [as].flat();
  const entry = { keys: shipped.map((key, n) => own[names[n]] ?? key), shipped, names, words, action, group, when, inFields };
  entries.push(entry);
  return () => entries.splice(entries.indexOf(entry), 1);
}

// The keys that work now, as the list shows them: [group, [[keys, words], ...]], each key once.
export function listed() {
  const taken = new Set();
  const groups = new Map();
  for (const entry of entries.toReversed().filter((one) => one.when())) {
    const keys = entry.keys.filter((key) => !taken.has(key));
    for (const key of keys) taken.add(key);
    if (keys.length) groups.set(entry.group, [[keys, entry.words], ...(groups.get(entry.group) ?? [])]);
  }
  const order = [...new Set(entries.map((entry) => entry.group))];
  return order.filter((group) => groups.has(group)).map((group) => [group, groups.get(group)]);
}

function named(event) {
  const key = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const shift = event.shiftKey && (key.length > 1 || /\p{L}/u.test(key)); // of "?" the shift is already in the sign
  return [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", shift && "Shift", key].filter(Boolean).join("+");
}

function pressed(event) {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  const key = named(event);
  const single = !/^(Ctrl|Alt)\+/.test(key);
  if (single && box && !box.checked) return;
  // A field that was just closed keeps the focus until the next frame; whoever presses a key then types nowhere.
  const typing = event.target.closest(FIELDS)?.checkVisibility();
  if (key === "Space" && event.target.closest("button, a, summary, label, input")) return; // Space presses what has the focus
  const entry = entries.findLast((one) => one.keys.includes(key) && (!typing || one.inFields) && one.when());
  if (!entry) return;
  event.preventDefault();
  entry.action(event, entry.shipped[entry.keys.indexOf(key)]);
}

function made(name, text, children = []) {
  const node = document.createElement(name);
  node.textContent = text;
  node.append(...children);
  return node;
}

function written(key) {
  return key.replace("ArrowLeft", "←").replace("ArrowRight", "→").replace(/(?<=.)\+/g, " ");
}

function show() {
  const lists = listed().flatMap(([group, rows]) => {
    const list = document.createElement("dl");
    list.className = "keys";
    for (const [keys, words] of rows) {
      const shown = keys.map((key) => made("kbd", written(key)));
      list.append(made("dt", "", shown), made("dd", words));
    }
    return [made("h3", group), list];
  });
  help.querySelector("[data-keys-list]").replaceChildren(...lists);
  help.showModal();
}

if (help) {
  // The server keeps it; until it has said so this browser does, so that the next page knows at once.
  box.checked = (localStorage.getItem(STORED) ?? help.dataset.single) !== "off";
  box.addEventListener("change", async () => {
    const said = box.checked ? "on" : "off";
    localStorage.setItem(STORED, said);
    const body = new URLSearchParams({ single: said, csrf_token: document.querySelector("input[name=csrf_token]").value });
    const sent = { method: "POST", body, keepalive: true, headers: { "X-Requested-With": "callsift" } };
    const answer = await fetch("/preferences/single", sent).catch(() => null);
    if (answer?.ok && localStorage.getItem(STORED) === said) localStorage.removeItem(STORED);
  });
  for (const hint of document.querySelectorAll("kbd[data-deed]")) hint.textContent = written(own[hint.dataset.deed] ?? hint.textContent);
  help.querySelector("[data-close]").addEventListener("click", () => help.close());
  for (const button of document.querySelectorAll("[data-keys]")) button.addEventListener("click", show);
  register("?", "The keys of this page", show, { group: "Everywhere" });
  document.addEventListener("keydown", pressed);
  help.dataset.ready = "true";
}
