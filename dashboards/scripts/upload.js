// Sends recordings one after the other, shows how far each is, and says what became of it. Without this file the
// form sends them all at once and the answer is a page.

const form = document.getElementById("upload");
const drop = document.getElementById("drop");
const files = document.getElementById("files");
const list = document.getElementById("uploads");
const TEXT = /\.(json|csv|vtt|srt|ctm|stm|rttm|vcon)$/i; // a sidecar or a transcript: the server looks inside
const TABLE = /\.csv$/i;
const stem = (name) => name.replace(/\.[^.]+$/, "").toLowerCase();

function line(file) {
  const item = document.createElement("li");
  const [name, chip, progress, says] = ["span", "span", "progress", "span"].map((tag) => document.createElement(tag));
  Object.assign(name, { className: "name", textContent: file.name });
  Object.assign(chip, { className: "chip", textContent: "sending" });
  Object.assign(progress, { max: 1, value: 0 });
  progress.setAttribute("aria-label", `Sending ${file.name}`);
  says.className = "says small muted";
  item.append(name, chip, progress, says);
  list.prepend(item);
  return { chip, progress, says };
}

function send(audio, sidecar) {
  const shown = line(audio);
  const body = new FormData(form);
  body.delete("files");
  for (const file of [audio, sidecar].filter(Boolean)) body.append("files", file);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => (shown.progress.value = event.loaded / (event.total || 1)));
    request.addEventListener("loadend", () => {
      shown.progress.remove();
      const answer = request.response?.results?.[0] ?? {
        tone: "fail",
        label: "not sent",
        says: request.response?.message ?? "The server did not answer. Nothing was kept of this file; try again.",
      };
      shown.chip.className = `chip ${answer.tone}`;
      shown.chip.textContent = answer.label;
      shown.says.textContent = answer.says;
      done();
    });
    request.send(body);
  });
}

async function take(chosen) {
  const texts = new Map(chosen.filter((file) => TEXT.test(file.name)).map((file) => [stem(file.name), file]));
  const recordings = chosen.filter((file) => !TEXT.test(file.name));
  const withOne = new Set(recordings.map((file) => stem(file.name)));
  const alone = [...texts.values()].filter((file) => !TABLE.test(file.name) && !withOne.has(stem(file.name)));
  document.getElementById("results").hidden = false;
  for (const audio of recordings) await send(audio, texts.get(stem(audio.name)));
  for (const transcript of alone) await send(transcript);
  form.reset();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  take([...files.files]);
});
files.addEventListener("change", () => files.files.length && take([...files.files]));
for (const name of ["dragenter", "dragover"])
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  take([...event.dataTransfer.files]);
});
