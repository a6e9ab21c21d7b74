// How the queue's cells look, and how a row is opened. React builds every element, so text from calls stays text.
// On a narrow screen each call is one card: the same grid with one wide column.

(() => {
  const e = window.React.createElement;
  const NARROW = matchMedia("(max-width: 40rem)");
  const address = (row, at) => `/calls/${encodeURIComponent(row.id)}${at == null ? "" : `?t=${Number(at).toFixed(1)}`}`;
  const cell = (...children) => e("span", { className: "grid-cell" }, ...children);
  const lines = (first, second) =>
    e("span", { className: "grid-cell grid-name" }, e("span", null, first), second && e("span", { className: "muted small" }, second));
  const moment = (row, text) => // with the call centre's own clock, where that is another (scripts/times.js)
    row.there ? e("span", { "data-there": row.there }, text, e("span", { className: "visually-hidden" }, ` (${row.there})`)) : text;
  const STATE = { reviewed: "chip state", "random draw": "chip state drawn" };
  const chip = ([label, why], kind) => e("span", { key: label, className: kind, title: why }, label);
  const marks = (row) => { // who has it or what it is, then doubts: the first in words, the others counted, for a row has two lines
    const all = [...row.states.map((one) => [one, STATE[one[0]] ?? "chip state held"]), ...row.marks.map((one) => [one, "chip mark"])];
    const others = all.slice(1).map(([[label, why]]) => `${label}: ${why}`);
    return [all[0] && chip(...all[0]), others.length > 0 && chip([`+${others.length}`, others.join("\n")], "chip mark")];
  };
  const byDraw = (row) => row.drawn && e("span", { key: "drawn", className: "chip state drawn", title: row.drawn }, "here by random draw");
  const chips = (row) => row.reasons.map((why, n) => e("span", { key: n, className: n ? "chip" : "chip accent", title: why }, why));
  const others = (row) => [ // the second and third reason, then how many more
    ...chips(row).slice(1, 3),
    row.reasons.length > 3 && e("span", { key: "more", className: "chip count", title: row.reasons.slice(3).join("\n") }, `+${row.reasons.length - 3}`),
  ];
  const meter = (score) => [
    e("svg", { key: "bar", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": true }, e("rect", { width: score, height: 10 })),
    e("span", { key: "number" }, score),
  ];
  const listen = (row) =>
    row.listen && e("a", { className: "grid-listen", href: address(row, row.from), "aria-label": `Listen to ${row.name} from ${row.listen}` },
      e("svg", { className: "icon", viewBox: "0 0 24 24", "aria-hidden": true }, e("path", { d: "M7 4.5v15l12-7.5z" })), row.listen);
  const drawn = (draw) => (params) => (params.data ? draw(params.data) : null); // rows still on their way have no data

  Object.assign((window.dashAgGridComponentFunctions ??= {}), {
    QueueScore: drawn((row) =>
      e("span", { className: "grid-cell grid-score" }, e("span", { className: "meter" }, meter(row.score)), row.chance && e("span", { className: "small" }, row.chance))),
    QueueName: drawn((row) =>
      e("span", { className: "grid-cell grid-name" }, e("a", { className: "grid-link", href: address(row) }, row.name),
        (row.marks.length > 0 || row.states.length > 0) && e("span", { className: "chips" }, marks(row)))),
    QueueReasons: drawn((row) =>
      row.reasons.length || row.drawn
        ? e("span", { className: "grid-cell grid-why" }, e("span", null, byDraw(row) || chips(row)[0]), e("span", { className: "grid-rest" }, row.drawn ? chips(row).slice(0, 2) : others(row)))
        : cell(e("span", { className: "muted" }, "Nothing stood out"))),
    QueueListen: drawn((row) => cell(listen(row))),
    QueueStarted: drawn((row) => lines(moment(row, row.day || "not known"), [row.hour, row.direction].filter(Boolean).join(" · "))),
    QueueWhere: drawn((row) => lines(row.queue || "–", row.agent && `agent ${row.agent}`)),
    QueueCard: drawn((row) =>
      e("span", { className: "call-card" },
        e("span", null, e("a", { className: "grid-link", href: address(row) }, `${row.rank}. ${row.name}`), " ",
          e("span", { className: "meter" }, meter(row.score))),
        listen(row),
        e("span", { className: "chips" }, byDraw(row), marks(row), chips(row).slice(0, 2)),
        e("span", { className: "about" }, row.day && moment(row, `${row.day}, ${row.hour}`), (row.day ? [""] : []).concat([row.queue, row.agent && `agent ${row.agent}`, row.duration].filter(Boolean)).join(" · ")))),
  });

  const open = (row) => row && (window.callsiftOpen ?? (() => location.assign(address(row))))(row);
  Object.assign((window.dashAgGridFunctions ??= {}), {
    openCall: (params) => {
      if (!params.event.target.closest("a, input, .ag-selection-checkbox") && !String(getSelection())) open(params.data);
    },
    openCallByKey: (params) => {
      if (params.event.key === "Enter" && !params.event.target.closest("a")) open(params.data);
    },
    tellChosen: () => document.dispatchEvent(new Event("callsift:chosen")),
  });

  const grid = () => window.dash_ag_grid.getApiAsync("queue-grid");
  const fit = (api) => {
    const all = api.getColumns().map((column) => column.getColId());
    api.setColumnsVisible(all, !NARROW.matches);
    api.setColumnsVisible(["card"], NARROW.matches);
    if (!document.querySelector("[data-queue-work]")) api.setGridOption("rowSelection", undefined); // nothing to do with rows
  };
  const whenReady = (act) => {
    if (document.getElementById("queue-grid")?.querySelector(".ag-root")) return grid().then(act);
    const watch = new MutationObserver(() => {
      if (!document.getElementById("queue-grid")?.querySelector(".ag-root")) return;
      watch.disconnect();
      grid().then(act);
    });
    watch.observe(document.body, { childList: true, subtree: true });
  };
  whenReady(fit);
  NARROW.addEventListener("change", () => whenReady(fit));

  window.dash_clientside = Object.assign(window.dash_clientside ?? {}, {
    callsift: {
      refresh: () => {
        grid().then((api) => api.purgeInfiniteCache());
        return window.dash_clientside.no_update;
      },
    },
  });

  document.addEventListener("callsift:sort", (event) =>
    grid().then((api) => api.applyColumnState({ state: [{ colId: event.detail, sort: "desc" }], defaultState: { sort: null } })));
})();
