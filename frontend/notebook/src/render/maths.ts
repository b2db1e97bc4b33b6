import { element } from "./element";
import { findMaths } from "./maths-syntax";

const SETTINGS = {
  output: "htmlAndMathml", // MathML for screen readers
  throwOnError: false,
  errorColor: "var(--fail)",
  trust: false,
  maxSize: 20,
  maxExpand: 500,
  strict: "ignore",
} as const;
const NOT_SET = ".math:not([data-set])";
const LONGEST_FORMULA = 10_000;
const LONGEST_TEXT = 20_000;

/** Sets every formula within: elements of class `math` that hold TeX. Until then, and on errors, the TeX stays. */
export async function setMaths(within: HTMLElement): Promise<void> {
  if (!within.querySelector(NOT_SET)) return;
  try {
    const { default: katex } = await import("katex");
    addSheet();
    for (const formula of within.querySelectorAll<HTMLElement>(NOT_SET)) setFormula(formula, katex.render);
  } catch {
    // Without the chunk the TeX can still be read.
  }
}

/** The page names KaTeX's sheet and leaves it out until something needs it, as for maths.js. */
function addSheet(): void {
  document.querySelector<HTMLLinkElement>("#katex-sheet[media]")?.removeAttribute("media");
}

function setFormula(formula: HTMLElement, render: typeof import("katex").default.render): void {
  const tex = formula.textContent ?? "";
  const displayMode = "display" in formula.dataset;
  formula.dataset["set"] = "";
  if (tex.length > LONGEST_FORMULA) return;
  try {
    const place = element("span");
    render(tex, place, { ...SETTINGS, macros: {}, displayMode });
    formula.replaceChildren(...place.childNodes);
  } catch {
    return;
  }
  if (displayMode) widths().observe(formula);
}

let shared: ResizeObserver | undefined;

/** What is wider than the page scrolls by itself; that must be possible by keyboard too. */
function widths(): ResizeObserver {
  shared ??= new ResizeObserver((changes) => {
    for (const { target } of changes) {
      if (!(target instanceof HTMLElement)) continue;
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  return shared;
}

/** A formula to be set. */
export function formula(tex: string, isDisplay: boolean): HTMLElement {
  return element("span", "math", tex, isDisplay ? { "data-display": "" } : {});
}

/** LaTeX as Python gives it: text with formulas in it. Null if there is too much of it. */
export function renderLatex(source: string): HTMLElement | null {
  if (!source.trim() || source.length > LONGEST_TEXT) return null;
  const text = source.trim();
  const parts: Node[] = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const found = text[at] === "$" || text[at] === "\\" ? findMaths(text.slice(at), text[at - 1] ?? "") : null;
    if (!found) plain += text[at++];
    else {
      parts.push(document.createTextNode(plain), formula(found.tex.trim(), found.isDisplay));
      plain = "";
      at += found.length;
    }
  }
  const hasMaths = parts.length > 0;
  if (hasMaths) parts.push(document.createTextNode(plain));
  const made = element("div", "output-latex", hasMaths ? parts : [formula(text, true)]);
  void setMaths(made);
  return made;
}
