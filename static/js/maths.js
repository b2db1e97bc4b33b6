// Sets the maths of a page: every `.math`, whose text is TeX. Without this script the TeX stays readable.

const SETTINGS = {
  output: "htmlAndMathml", // MathML for screen readers
  throwOnError: false,
  errorColor: "var(--fail)",
  trust: false,
  maxSize: 20,
  maxExpand: 500,
};
const NOT_SET = ".math:not([data-set])";
const SLICE_MS = 20;

async function setMaths(within) {
  if (!within.querySelector(NOT_SET)) return;
  const sheet = document.getElementById("katex-sheet");
  if (!globalThis.katex) await import(sheet.dataset.script);
  sheet.removeAttribute("media"); // left out until now: most of what a page shows first needs nothing of it
  let until = performance.now() + SLICE_MS;
  for (const formula of within.querySelectorAll(NOT_SET)) {
    if (performance.now() > until) {
      await new Promise((resolve) => setTimeout(resolve));
      until = performance.now() + SLICE_MS;
    }
    if (!("set" in formula.dataset)) setFormula(formula); // it may have been, in the meantime
  }
}

function setFormula(formula) {
  const displayMode = "display" in formula.dataset;
  globalThis.katex.render(formula.textContent, formula, { ...SETTINGS, displayMode });
  formula.dataset.set = "";
  // Our policy refuses style attributes, which KaTeX writes on a few drawings; styles set by script it allows.
  for (const node of formula.querySelectorAll("[style]")) node.style.cssText = node.getAttribute("style");
  if (displayMode) for (const part of [formula, ...formula.querySelectorAll(".katex-base")]) widths.observe(part);
}

// What is wider than the page scrolls by itself; that must be possible by keyboard too. Widths change with
// the window, and when the fonts arrive that a formula asks for.
const widths = new ResizeObserver((changes) => {
  for (const formula of new Set(changes.map((change) => change.target.closest(".math")))) {
    if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
    else formula.removeAttribute("tabindex");
  }
});

// The page is drawn first, with the TeX in its place.
requestAnimationFrame(() => setTimeout(() => void setMaths(document)));
document.addEventListener("htmx:load", (event) => void setMaths(event.detail.elt));
