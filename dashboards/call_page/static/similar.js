// Calls like this one: asked for once the page is there, because the search may be slow or away; nothing found, no place.

export async function similar({ root }) {
  const place = root.querySelector("[data-similar]");
  const answer = await fetch(place.dataset.similar, { credentials: "same-origin" }).catch(() => null);
  const listed = answer?.ok ? await answer.text() : "";
  if (!listed) return;
  place.querySelector("div").innerHTML = listed; // made by the server, every text escaped
  place.hidden = false;
}
