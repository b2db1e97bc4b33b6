/** How it stands with something, in a word and a mark. */
import { element } from "../render/element";

export type PillTone = "quiet" | "good" | "busy" | "bad";

export class Pill {
  readonly #words = element("span");
  readonly element: HTMLElement;

  /** `about` says what the word is about, for those who cannot see where it stands. */
  constructor(about: string) {
    this.element = element("span", "nb-pill", [element("span", "visually-hidden", `${about}: `), this.#words]);
  }

  show(words: string, tone: PillTone, title = ""): void {
    this.element.dataset["tone"] = tone;
    this.element.title = title;
    if (this.#words.textContent !== words) this.#words.textContent = words;
  }
}
