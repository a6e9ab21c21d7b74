// One deed on many calls, done piece by piece, so that a bar can tell how far it is and Stop ends it after the piece under
// way. Each piece is whole by itself: what was done stays done, and the names of all pieces undo it together.

const $ = (mark) => document.querySelector(`[data-${mark}]`);

// `act` does one piece and answers { id, changed, left }, or { says } when it could not. Resolves to the sums:
// { ids, changed, left: { why: number }, missing: calls not reached, says: why it ended early }.
export async function inPieces(title, calls, piece, act) {
  const sum = { ids: [], changed: 0, left: {}, missing: calls.length, says: "" };
  const box = $("doing");
  const stop = () => ([sum.says, $("stop").disabled] = ["Stopped.", true]);
  const keepOpen = (event) => [event.preventDefault(), stop()]; // Escape stops too; the box closes when the piece is done
  $("doing-title").textContent = title;
  $("stop").disabled = false;
  $("stop").onclick = stop;
  box.addEventListener("cancel", keepOpen);
  show(sum, calls.length);
  if (calls.length > piece) box.showModal();
  while (sum.missing && !sum.says) {
    const at = calls.length - sum.missing;
    const some = calls.slice(at, at + piece);
    const done = await act(some).catch(() => ({ says: "The server did not answer: look at the queue before you go on." }));
    if (done.id === undefined) sum.says ||= done.says;
    else add(sum, done, some.length);
    show(sum, calls.length);
  }
  box.removeEventListener("cancel", keepOpen);
  box.close();
  return sum;
}

function add(sum, done, number) {
  sum.ids.push(done.id);
  sum.changed += done.changed;
  sum.missing -= number;
  for (const [why, count] of Object.entries(done.left)) sum.left[why] = (sum.left[why] ?? 0) + count;
}

function show(sum, all) {
  Object.assign($("doing-bar"), { max: all, value: all - sum.missing });
  $("doing-says").textContent = `${all - sum.missing} of ${all} calls`;
}
