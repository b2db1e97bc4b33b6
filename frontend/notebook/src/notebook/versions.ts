/** What is kept on the server: saving now, going back, and taking that back. */
import { gettext, interpolate } from "../i18n";
import type { Boot, CellView, Store } from "../types";
import type { Action, Tone } from "./banners";
import type { Cell } from "./cell";
import { confirm } from "./confirm";
import { asNotebook, offer } from "./takeaway";

interface Voice {
  readonly cells: readonly CellView[];
  announce(text: string): void;
  banner(name: string, text: string, actions?: Action[], tone?: Tone): void;
}

export class Versions {
  #words = "";

  constructor(
    readonly store: Store,
    private readonly boot: Boot,
    private readonly voice: Voice,
  ) {}

  async save(): Promise<void> {
    if (await this.store.saveNow()) this.voice.announce(gettext("Saved"));
  }

  /** One cell, or everything after a question; what it replaces is kept and can be brought back. */
  async reset(cell?: Cell): Promise<void> {
    if (!cell && !(await confirm(RESET_ALL()))) return;
    this.#words = cell
      ? interpolate(gettext("Cell %(position)s was reset."), { position: cell.position })
      : gettext("The whole exercise was reset.");
    try {
      await this.store.reset(cell?.id);
    } catch (error) {
      this.#words = "";
      this.voice.banner("replaced", failure(error), [], "error");
    }
  }

  /** What the server has, once it has everything; without a line, what stands on the page. */
  async download(): Promise<void> {
    if (await this.store.saveNow()) {
      return location.assign(new URL("../mine.ipynb", new URL(this.boot.urls.history, location.href)));
    }
    offer(`${this.boot.exercise.slug}.ipynb`, asNotebook(this.voice.cells));
    this.voice.banner("download", gettext("What stands on this page could not be saved just now; the download has it."));
  }

  /** What is kept there is older than the page, which must not come back over what is chosen there. */
  async openHistory(): Promise<void> {
    await this.store.saveNow();
    location.assign(this.boot.urls.history);
  }

  /** Ways that the page around the notebook has to replace its text: what was written is saved before they are gone. */
  guard(root: HTMLElement): void {
    document.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
      const isPlain = root.isConnected && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.defaultPrevented;
      if (!isPlain || link?.getAttribute("href") !== this.boot.urls.history) return;
      event.preventDefault();
      void this.openHistory();
    });
    document.addEventListener("submit", (event) => {
      const form = event.target as HTMLFormElement;
      if (!root.isConnected || !form.matches("form.with-script") || event.defaultPrevented) return;
      event.preventDefault();
      void this.store.saveNow().then(() => form.submit());
    });
  }

  /** Says that other text stands on the page now. */
  onReplaced(boot: Boot): void {
    const words = this.#words || gettext("Another version of your text is shown now.");
    this.#words = "";
    const { undo } = boot;
    const back = () => {
      this.#words = gettext("Your text is back.");
      this.store.restore(undo as number).catch((error: unknown) => {
        this.voice.banner("replaced", failure(error), [], "error");
      });
    };
    this.voice.banner("replaced", words, undo === undefined ? [] : [{ label: gettext("Undo"), act: back }]);
  }
}

function failure(error: unknown): string {
  return error instanceof Error && error.message ? error.message : gettext("That did not work. Try again in a moment.");
}

const RESET_ALL = () => ({
  title: gettext("Reset the whole exercise?"),
  text: gettext("Every answer goes back to how it was handed out. What you wrote is kept in the history."),
  action: gettext("Reset"),
});
