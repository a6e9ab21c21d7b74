// On a narrow screen the menu and rows of tabs are scrolled sideways: the place that is open is brought into sight.

const FADE = 24; // pixels at the right end in which the menu fades out

for (const here of document.querySelectorAll("nav [aria-current]")) {
  const row = here.closest("nav");
  const [mine, all] = [here.getBoundingClientRect(), row.getBoundingClientRect()];
  const hidden = mine.left < all.left || mine.right > all.right - FADE;
  if (hidden && row.scrollWidth > row.clientWidth) row.scrollLeft += mine.left + mine.width / 2 - (all.left + all.width / 2);
}
