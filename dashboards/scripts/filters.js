// A form whose state is the address: a change shows at once and the back button undoes it. Without this file the
// form still works, by loading the page anew.

const form = document.querySelector("form[data-filters]");
const fields = [...form.elements].filter((field) => field.name);

function toAddress() {
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  const search = String(query) ? `?${query}` : location.pathname;
  if (search === location.search || (!String(query) && !location.search)) return;
  history.pushState({}, "", search);
  dispatchEvent(new PopStateEvent("popstate")); // what is below the form listens to the address only
}

function fromAddress() {
  const query = new URLSearchParams(location.search);
  for (const field of fields) field.value = query.get(field.name) ?? "";
  form.querySelector("[data-clear]").hidden = !location.search;
}

form.addEventListener("change", (event) => {
  if (event.target.name) toAddress();
  else document.dispatchEvent(new CustomEvent("callsift:sort", { detail: event.target.value }));
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  toAddress();
});
addEventListener("popstate", fromAddress);

// On a narrow screen the form is folded away, so that the first calls are in sight.
const narrow = matchMedia("(max-width: 40rem)");
const fold = () => (document.querySelector("[data-fold]").open = !narrow.matches);
narrow.addEventListener("change", fold);
fold();
