// A lesson's table of contents: open where there is room for it, and marking the part that is being read.

const contents = document.querySelector("[data-contents]");
const roomy = window.matchMedia("(width >= 64rem)");

function openWhereThereIsRoom() {
  contents.open = roomy.matches;
}

const links = new Map(
  [...contents.querySelectorAll("a")].map((link) => [decodeURIComponent(link.hash.slice(1)), link]),
);
const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);

function markCurrent() {
  const line = window.innerHeight / 4;
  const read = headings.filter((heading) => heading.getBoundingClientRect().top < line).at(-1);
  for (const [id, link] of links) {
    if (id === read?.id) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  }
}

let isWaiting = false;
function markSoon() {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    markCurrent();
  });
}

// Code and tables that are too wide scroll by themselves, by keyboard too.
for (const wide of document.querySelectorAll(".lesson :is(pre, table)")) {
  if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
}

roomy.addEventListener("change", openWhereThereIsRoom);
document.addEventListener("scroll", markSoon, { passive: true });
openWhereThereIsRoom();
markCurrent();
