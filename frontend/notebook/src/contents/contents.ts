import { gettext } from "../i18n";
import { element } from "../render/element";
import { shorten } from "../render/text";
import type { NotebookView } from "../types";

const LEAST_HEADINGS = 3;
const MOST_HEADINGS = 300;
const WAIT_MILLISECONDS = 300;
const HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"];

/** Puts a table of contents above the cells of a notebook that has at least three headings in its texts. */
export function mountContents(view: NotebookView): void {
  const list = element("ul", "contents-list");
  const nav = element("nav", "", [list], { "aria-label": gettext("Contents of the notebook") });
  const fold = element("details", "notebook-panel contents", [
    element("summary", "", gettext("Contents")),
    element("div", "notebook-panel-body", [nav]),
  ]);
  let known: readonly HTMLElement[] = [];
  let words = "";

  const renew = (): void => {
    const headings = findHeadings(view);
    const now = headings.map((heading) => heading.tagName + textOf(heading)).join("\n");
    fold.hidden = headings.length < LEAST_HEADINGS;
    if (now === words && headings.every((heading, index) => heading === known[index])) return;
    [known, words] = [headings, now];
    const top = Math.min(6, ...headings.map(levelOf));
    list.replaceChildren(...headings.map((heading) => row(heading, levelOf(heading) - top)));
  };

  view.element.before(fold);
  renew();
  const later = debounce(renew);
  view.onCells(later);
  // Texts change without a change of cells: after editing, and when formulas are set.
  const isOfText = ({ target }: MutationRecord) => !(target as Element).closest(".cm-editor, .nb-outputs, .nb-status, .nb-bar");
  new MutationObserver((changes) => changes.some(isOfText) && later()).observe(view.element, { childList: true, subtree: true });
}

function findHeadings(view: NotebookView): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (const cell of view.cells) {
    if (cell.type !== "markdown") continue;
    for (const heading of cell.element.querySelectorAll<HTMLElement>(HEADINGS.join(","))) {
      // Neither headings that are hidden while the text is edited, nor those of the page's own parts.
      if (heading.closest("[hidden], dialog, .cm-editor") || cell.feedback.contains(heading)) continue;
      if (textOf(heading)) found.push(heading);
      if (found.length === MOST_HEADINGS) return found;
    }
  }
  return found;
}

let count = 0;

function row(heading: HTMLElement, depth: number): HTMLElement {
  heading.id ||= `heading-${(count += 1)}`;
  const link = element("a", "contents-link", textOf(heading), { href: `#${encodeURIComponent(heading.id)}` });
  link.addEventListener("click", (event) => {
    event.preventDefault();
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: "start" });
  });
  return element("li", `contents-depth-${Math.min(3, depth)}`, [link]);
}

function levelOf(heading: HTMLElement): number {
  return Number(heading.tagName[1]) || 6;
}

/** Its words; of a formula that is set, the TeX alone and not also what is drawn of it. */
function textOf(heading: HTMLElement): string {
  const copy = heading.cloneNode(true) as HTMLElement;
  for (const drawn of copy.querySelectorAll(".katex-html, mrow, .headerlink")) drawn.remove();
  return shorten((copy.textContent ?? "").replace(/\s+/g, " ").trim(), 120);
}

function debounce(act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, WAIT_MILLISECONDS);
  };
}
