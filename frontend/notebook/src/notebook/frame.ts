/** What stands around the cells: the bar above, buttons for more cells and panels below. */
import { gettext } from "../i18n";
import { element } from "../render/element";
import type { CellType } from "../types";
import { button } from "./button";
import { EDITOR_HELP_ID } from "./cell";

export interface Frame {
  bar: HTMLElement;
  cells: HTMLElement;
  panels: HTMLElement;
  liveRegion: HTMLElement;
  onAdd(type: CellType): void;
}

/** Takes the place of what the server rendered. htmx reads nothing in here. */
export function frame(root: HTMLElement, parts: Frame): void {
  const help = gettext("Enter begins to write; then Tab indents, and Escape leaves the text.");
  const add = element("div", "nb-add", [
    button({ label: gettext("Add code"), icon: "plus", className: "is-small", onPress: () => parts.onAdd("code") }),
    button({ label: gettext("Add text"), icon: "plus", className: "is-small", onPress: () => parts.onAdd("markdown") }),
  ]);
  root.classList.add("nb");
  root.setAttribute("hx-disable", "");
  root.replaceChildren(
    parts.bar,
    element("p", "visually-hidden", help, { id: EDITOR_HELP_ID }),
    parts.cells,
    add,
    parts.panels,
    parts.liveRegion,
  );
  for (const one of document.querySelectorAll<HTMLElement>(".with-script")) one.hidden = false;
}
