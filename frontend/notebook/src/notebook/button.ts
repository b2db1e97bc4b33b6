/** Buttons as the site's style sheet knows them. */
import { element } from "../render/element";
import { icon, type IconName } from "./icons";

export interface ButtonOptions {
  label: string;
  icon?: IconName;
  /** Only the sign is shown; the label is still its name. */
  iconOnly?: boolean;
  className?: string;
  title?: string;
  onPress(): void;
}

export function button(options: ButtonOptions): HTMLButtonElement {
  const made = element("button", `button ${options.className ?? ""}`.trim(), [], { type: "button" });
  if (options.icon) made.append(icon(options.icon));
  if (options.iconOnly) made.setAttribute("aria-label", options.label);
  else made.append(element("span", "nb-button-words", options.label));
  const title = options.title ?? (options.iconOnly ? options.label : "");
  if (title) made.title = title;
  made.addEventListener("click", options.onPress);
  return made;
}
