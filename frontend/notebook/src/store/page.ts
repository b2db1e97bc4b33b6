/** The page comes and goes, and asks before it goes with something unsaved. */
import type { Fetch } from "../requests";

/** What of the browser is used. */
export interface StoreSurroundings {
  fetch: Fetch;
  storage: Storage | null;
  random(): number;
}

export interface Visitor {
  /** The page may end without a further word. */
  leave(mayReturn: boolean): void;
  /** The learner, or the network, is back. */
  back(): void;
}

export function watchPage(visitor: Visitor): void {
  window.addEventListener("pagehide", ({ persisted }) => visitor.leave(persisted));
  window.addEventListener("online", () => visitor.back());
  window.addEventListener("focus", () => visitor.back());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") visitor.leave(true);
    else visitor.back();
  });
}

/** Counts edits, so that what was typed during a save is not taken for saved. */
export class Edits {
  count = 0;
  private saved = 0;

  /** `atRisk`: the learner is asked whether to leave; the last moment to do something about it. */
  constructor(private readonly atRisk: () => void) {}

  get unsaved(): boolean {
    return this.count !== this.saved;
  }

  add(): void {
    this.count += 1;
    window.addEventListener("beforeunload", this.warn);
  }

  settle(count: number): void {
    this.saved = count;
    // Browsers keep no page ready for "back" while it listens to this.
    if (!this.unsaved) window.removeEventListener("beforeunload", this.warn);
  }

  private readonly warn = (event: BeforeUnloadEvent): void => {
    this.atRisk();
    event.preventDefault();
  };
}
