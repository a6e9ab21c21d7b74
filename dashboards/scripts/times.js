// What the call centre's own clock said, beside a time in the reader's zone: under the mouse, and for the keyboard while
// the focus is in the row that shows the time. Screen readers find it in the time itself. Escape puts it away, and it
// stays while the mouse is on it.

const tip = Object.assign(document.createElement("div"), { className: "tip", popover: "manual" });
tip.setAttribute("aria-hidden", "true");
document.body.append(tip);
let shown = null;

function show(time) {
  if (shown === time) return;
  hide();
  shown = time;
  tip.textContent = time.dataset.there;
  tip.showPopover();
  const [from, size] = [time.getBoundingClientRect(), tip.getBoundingClientRect()];
  const left = Math.max(4, Math.min(from.left, innerWidth - size.width - 4));
  const below = from.bottom + size.height <= innerHeight; // without a gap, so that the mouse can reach it
  Object.assign(tip.style, { left: `${left}px`, top: `${below ? from.bottom : from.top - size.height}px` });
}

function hide() {
  if (shown) tip.hidePopover();
  shown = null;
}

// The time that the keyboard is at: itself, one inside of what has the focus, or the one of its row.
function timeAt(node) {
  return node.closest("[data-there]") ?? node.querySelector("[data-there]") ?? node.closest("tr, li")?.querySelector("[data-there]");
}

// A time that stands in no row with anything to press is reached by itself.
for (const time of document.querySelectorAll("[data-there]"))
  if (!time.closest("tr, li")?.querySelector("a, button, input, summary")) time.tabIndex = 0;

document.addEventListener("pointerover", (event) => {
  const time = event.target.closest("[data-there]");
  if (time) show(time);
  else if (!tip.contains(event.target)) hide();
});
document.addEventListener("focusin", (event) => {
  const time = event.target.matches(":focus-visible") && event.target !== document.body ? timeAt(event.target) : null;
  if (time) show(time);
  else hide();
});
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
addEventListener("scroll", hide, { capture: true, passive: true });
