// The other pages of figures keep the days and filters chosen here.

const tabs = [...document.querySelectorAll("[data-tabs] a")];

addEventListener("popstate", () => {
  for (const tab of tabs) tab.search = location.search;
});
