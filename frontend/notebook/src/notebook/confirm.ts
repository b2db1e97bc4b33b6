/** A question before something that interrupts or replaces. */
import { gettext } from "../i18n";
import { element } from "../render/element";
import { button } from "./button";

export interface Question {
  title: string;
  text: string;
  action: string;
}

/** Resolves true when the learner says yes; Escape and "Cancel" say no. */
export function confirm(question: Question): Promise<boolean> {
  const title = element("h2", "", question.title, { id: "nb-confirm-title" });
  const dialog = element("dialog", "nb-dialog", [], { "aria-labelledby": title.id });
  const before = document.activeElement;
  return new Promise((resolve) => {
    const yes = button({ label: question.action, className: "is-primary", onPress: () => dialog.close("yes") });
    const no = button({ label: gettext("Cancel"), onPress: () => dialog.close() });
    dialog.append(title, element("p", "", question.text), element("div", "cluster", [yes, no]));
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
