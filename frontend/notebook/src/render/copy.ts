import { gettext } from "../i18n";
import { element } from "./element";

const SHOWN_MILLISECONDS = 2000;

/** A button that puts a text on the clipboard and says so. */
export function copyButton(text: () => string): HTMLElement {
  const label = element("span", "", gettext("Copy"), { "aria-live": "polite" });
  const button = element("button", "output-copy", [label], { type: "button" });
  button.addEventListener("click", () => {
    void copy(text()).then((done) => {
      label.textContent = done ? gettext("Copied") : gettext("Could not copy");
      setTimeout(() => (label.textContent = gettext("Copy")), SHOWN_MILLISECONDS);
    });
  });
  return button;
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text); // without HTTPS there is no clipboard
  }
}

function copyBySelection(text: string): boolean {
  const field = element("textarea", "visually-hidden", [], { readonly: "", "aria-hidden": "true" });
  const focused = document.activeElement;
  field.value = text;
  document.body.append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  }
}
