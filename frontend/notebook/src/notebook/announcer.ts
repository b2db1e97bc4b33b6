/** The page's one live region: what screen readers say without being asked. */
import { element } from "../render/element";

const PAUSE_MS = 150;

export class Announcer {
  readonly element = element("div", "visually-hidden", "", { role: "status", "aria-live": "polite" });
  #pending: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** What comes within a moment is said together: a later text would cut off an earlier one. */
  say(text: string): void {
    this.#pending.push(text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.element.replaceChildren(...this.#pending.splice(0).map((one) => element("p", "", one)));
    }, PAUSE_MS);
  }
}
