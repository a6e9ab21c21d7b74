// What was done on this page, in its order: U takes the last of it back, whichever part of the page did it.
// Each part says once how it takes back (`way`) and afterwards that it did something (`did`). What a part did before the
// page was opened is taken back when nothing newer is left. Like keys.js always imported without a fingerprint.

export const TAKES_BACK = "Take back what was done last: an answer, a comment or a correction";

const done = []; // names of parts, the last deed last
const ways = new Map();

// `can` says whether the part has anything to take back, `undo` does it. Each part registers a key for `undoLast`.
export function way(part, can, undo) {
  ways.set(part, { can, undo });
}

export function canUndo() {
  return [...ways.values()].some((one) => one.can());
}

export function did(part) {
  done.push(part);
}

// The part took something back by itself, by a button of its own.
export function undone(part) {
  const at = done.lastIndexOf(part);
  if (at >= 0) done.splice(at, 1);
}

export async function undoLast() {
  const part = done.findLast((one) => ways.get(one)?.can()) ?? [...ways.keys()].find((one) => ways.get(one).can());
  undone(part);
  await ways.get(part)?.undo();
}
