import { gettext } from "../i18n";
import { element } from "./element";
import { shorten } from "./text";

let count = 0;

/** A field in the output for `input()`. Its element goes into the page, then `focus` is called. */
export class Question {
  readonly element: HTMLElement;
  readonly answer: Promise<string>;
  private readonly field: HTMLInputElement;
  private readonly before = document.activeElement;

  constructor(prompt: string, isPassword: boolean) {
    const id = `output-question-${(count += 1)}`;
    const words = shorten(prompt, 2_000);
    this.field = element("input", "input output-question-field", [], {
      id,
      type: isPassword ? "password" : "text",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      enterkeyhint: "send",
    });
    const label = element("label", words.trim() ? "" : "visually-hidden", words.trim() ? words : gettext("The program asks for input"), { for: id });
    const button = element("button", "button is-small", gettext("Answer"), { type: "button" });
    this.element = element("div", "output-question", [label, this.field, button]);
    this.answer = new Promise((resolve) => {
      const send = (): void => resolve(this.field.value);
      button.addEventListener("click", send);
      this.field.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.isComposing) {
          event.preventDefault();
          send();
        }
        if (event.key !== "Escape") event.stopPropagation(); // no letter here is one of the notebook's keys
      });
    });
  }

  focus(): void {
    this.field.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }

  /** Takes the field away, and the reader back to where they were before it came. */
  remove(): void {
    const hadFocus = this.element.contains(document.activeElement);
    this.element.remove();
    if (hadFocus && this.before instanceof HTMLElement && this.before.isConnected) {
      this.before.focus({ preventScroll: true });
    }
  }
}
