// On a narrow screen the menu and rows of tabs are scrolled sideways: the place that is open is brought into sight.

for (const here of document.querySelectorAll("nav [aria-current]")) {
  const row = here.closest("nav");
  const [mine, all] = [here.getBoundingClientRect(), row.getBoundingClientRect()];
  if (row.scrollWidth > row.clientWidth) row.scrollLeft += mine.left + mine.width / 2 - (all.left + all.width / 2);
}
