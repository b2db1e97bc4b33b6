/** A list of actions that opens at a button: arrows move in it, Escape closes it. */
import { element } from "../render/element";

export interface MenuItem {
  words: string;
  keys?: string;
  act?(): void;
}

let open: { close(refocus: boolean): void; at: HTMLElement } | null = null;

/** A second press on the same button closes it. */
export function toggleMenu(at: HTMLElement, label: string, items: readonly MenuItem[], within: HTMLElement): void {
  const again = open?.at === at;
  open?.close(again);
  if (again || !items.length) return;
  const list = element("div", "nb-menu", items.map(build), { role: "menu", "aria-label": label });
  const close = (refocus: boolean) => {
    open = null;
    list.remove();
    at.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", onOutside, true);
    if (refocus) at.focus({ preventScroll: true });
  };
  const onOutside = (event: Event) => {
    const target = event.target as Node;
    if (!list.contains(target) && !at.contains(target)) close(false);
  };
  list.addEventListener("click", (event) => {
    const chosen = (event.target as Element).closest("[role=menuitem]");
    const item = items[[...list.children].indexOf(chosen as Element)];
    if (!item) return;
    close(true);
    item.act?.();
  });
  list.addEventListener("keydown", (event) => onKey(event, list, close));
  list.addEventListener("focusout", (event) => {
    if (event.relatedTarget instanceof Node && !list.contains(event.relatedTarget) && event.relatedTarget !== at) close(false);
  });
  document.addEventListener("pointerdown", onOutside, true);
  within.append(list);
  place(list, at, within);
  at.setAttribute("aria-expanded", "true");
  open = { close, at };
  (list.firstElementChild as HTMLElement).focus({ preventScroll: true });
}

function build(item: MenuItem): HTMLElement {
  const words = [element("span", "", item.words)];
  if (item.keys) words.push(element("kbd", "", item.keys, { "aria-hidden": "true" }));
  const attributes = { role: "menuitem", tabindex: "-1" };
  return element("button", "nb-menu-item", words, { ...attributes, type: "button" });
}

function onKey(event: KeyboardEvent, list: HTMLElement, close: (refocus: boolean) => void): void {
  const items = [...list.children] as HTMLElement[];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  const index = to[event.key];
  event.stopPropagation();
  if (event.key === "Escape" || event.key === "Tab") {
    if (event.key === "Escape") event.preventDefault();
    close(true);
  } else if (index !== undefined) {
    event.preventDefault();
    items[(index + items.length) % items.length]?.focus();
  }
}

/** Under the button, with its right edge at the button's; above it where there is no room. */
function place(list: HTMLElement, at: HTMLElement, within: HTMLElement): void {
  const [button, frame] = [at.getBoundingClientRect(), within.getBoundingClientRect()];
  const isLow = button.bottom + list.offsetHeight > window.innerHeight && button.top > list.offsetHeight;
  const top = isLow ? button.top - list.offsetHeight : button.bottom;
  const left = Math.max(frame.left, Math.min(button.right, window.innerWidth - 8) - list.offsetWidth);
  list.style.insetBlockStart = `${top - frame.top}px`;
  list.style.insetInlineStart = `${left - frame.left}px`;
}
