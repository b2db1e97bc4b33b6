import { element } from "./element";

/** Wraps what may be wider or longer than its place. Where it is, it scrolls, also by keyboard. */
export function scrolling(content: HTMLElement, label: string): HTMLElement {
  const box = element("div", "output-scroll", [content]);
  labels.set(box, label);
  observer().observe(box);
  observer().observe(content);
  return box;
}

const labels = new WeakMap<Element, string>();
let shared: ResizeObserver | undefined;

function observer(): ResizeObserver {
  shared ??= new ResizeObserver((changes) => {
    const boxes = new Set(changes.map(({ target }) => target.closest<HTMLElement>(".output-scroll")));
    for (const box of boxes) if (box) markScrolling(box);
  });
  return shared;
}

/** Only what scrolls is a stop on the way through the page. */
export function markScrolling(box: HTMLElement): void {
  if (box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1) {
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", labels.get(box) ?? "");
  } else {
    for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
  }
}

/** Whether the reader went to the end of what scrolls, and so wants to see what comes. */
export function isAtEnd(box: HTMLElement): boolean {
  return box.scrollTop > 0 && box.scrollTop + box.clientHeight >= box.scrollHeight - 4;
}
