/** A cell of a lesson: the notebook's, with the way back to what the lesson says. */
import { gettext } from "../i18n";
import { button } from "../notebook/button";
import type { Host } from "../notebook/cell";
import { CodeCell } from "../notebook/code-cell";
import { element } from "../render/element";

export class TryCell extends CodeCell {
  readonly #original: string;
  readonly #reset: HTMLButtonElement;
  readonly #note = element("p", "try-note soft", gettext("What you write here is not kept."));

  constructor(id: string, original: string, host: Host) {
    super({ id, type: "code", role: "extra", source: original, outputs: [], execution_count: null }, host);
    this.#original = original;
    this.#reset = button({
      label: gettext("Reset"),
      icon: "restart",
      className: "is-quiet is-small",
      title: gettext("Back to the original code"),
      onPress: () => this.reset(),
    });
    this.head.lastElementChild?.before(this.#reset);
    this.element.append(this.#note);
    this.setChosen(true);
  }

  get isChanged(): boolean {
    return this.source !== this.#original;
  }

  /** Undo in the editor takes it back. */
  reset(): void {
    if (document.activeElement === this.#reset) this.select(); // the button goes
    this.setSource(this.#original);
    this.host.announce(gettext("The original code is back"));
  }

  focusRunButton(): void {
    this.head.querySelector("button")?.focus({ preventScroll: true });
  }

  override refresh(): void {
    super.refresh();
    this.#reset.hidden = this.#note.hidden = !this.isChanged;
  }

  protected override get name(): string {
    return gettext("Code to try");
  }
}
