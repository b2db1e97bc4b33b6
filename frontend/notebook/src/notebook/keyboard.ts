/** Keys to commands. On a chosen cell single letters act; while writing only what has a modifier does. */
import type { Command } from "./commands";

const PAIR_MS = 900;
const STORED = "kilohour.notebook.letters";

/** "Shift+Enter", "Mod+s", "a", "?": Mod is Ctrl, or Cmd on a Mac; Shift is named where it is not in the sign itself. */
export function spell(event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  if (event.ctrlKey && event.shiftKey && (event.code === "Minus" || event.key === "_" || event.key === "-")) {
    return "Ctrl+Shift+-";
  }
  const isLetter = /^\p{L}$/u.test(event.key);
  const key = isLetter ? event.key.toLowerCase() : event.key;
  const isSign = event.key.length === 1 && !isLetter;
  return [
    event.ctrlKey || event.metaKey ? "Mod+" : "",
    event.altKey ? "Alt+" : "",
    event.shiftKey && !isSign ? "Shift+" : "",
    key,
  ].join("");
}

/** A single sign without a modifier, or with Shift alone: what WCAG 2.1.4 wants to be switched off. */
export function isLetterKey(spelled: string): boolean {
  return spelled.split(" ").every((one) => /^(Shift\+)?.$/u.test(one));
}

/** Whether the single letters act; kept for this browser. */
export const letters = {
  get on(): boolean {
    try {
      return localStorage.getItem(STORED) !== "off";
    } catch {
      return true; // storage is forbidden
    }
  },
  set on(value: boolean) {
    try {
      if (value) localStorage.removeItem(STORED);
      else localStorage.setItem(STORED, "off");
    } catch {
      // It lasts no longer than the page then.
    }
  },
};

export class Keyboard {
  readonly #byKey = new Map<string, Command>();
  readonly #firsts = new Set<string>();
  #pending = "";
  #pressedAt = 0;

  constructor(commands: readonly Command[]) {
    for (const command of commands) {
      for (const keys of command.keys) {
        this.#byKey.set(keys, command);
        const [first, second] = keys.split(" ");
        if (first && second) this.#firsts.add(first);
      }
    }
  }

  /** The command that this press completes. `isCell`: the cell itself has the focus. */
  press(spelled: string, isCell: boolean, at = performance.now()): Command | null {
    const first = at - this.#pressedAt <= PAIR_MS ? this.#pending : "";
    this.#pending = "";
    if (isLetterKey(spelled) && !letters.on) return null;
    const found = (first && this.#byKey.get(`${first} ${spelled}`)) || this.#byKey.get(spelled);
    if (found) return isCell || found.where === "everywhere" ? found : null;
    if (isCell && this.#firsts.has(spelled)) {
      this.#pending = spelled;
      this.#pressedAt = at;
    }
    return null;
  }
}
