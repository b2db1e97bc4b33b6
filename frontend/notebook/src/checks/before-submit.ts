/** What is asked before something is handed in: what is sent, how many attempts are left, and whether it runs. */
import { gettext, interpolate, ngettext } from "../i18n";
import { button } from "../notebook/button";
import { element } from "../render/element";
import type { Boot, NotebookView } from "../types";

interface Choice {
  submit(): void;
  /** Closed without submitting. */
  cancel(): void;
}

/** A part of the page, no dialog: the notebook stays at hand. */
export class Confirmation {
  readonly element: HTMLElement;
  private readonly heading = element("h2", "", gettext("Submit"), { id: "submit-title", tabindex: "-1" });
  private readonly sent = element("ul", "checks-sent");
  private readonly attempts = element("p");
  private readonly ran = element("p", "checks-line", "", { role: "status" });
  private readonly run = button({ label: gettext("Restart and run all first"), onPress: () => void this.runAll() });
  private readonly now: HTMLButtonElement;
  private readonly starters: Map<string, string>;

  constructor(
    private readonly view: NotebookView,
    boot: Boot,
    choice: Choice,
  ) {
    this.starters = new Map(boot.cells.map((cell) => [cell.id, cell.starter ?? "\0"]));
    this.now = button({ label: gettext("Submit now"), className: "is-primary", onPress: () => choice.submit() });
    const cancel = button({ label: gettext("Not yet"), className: "is-quiet", onPress: () => choice.cancel() });
    const advice = boot.exercise.is_reviewed
      ? gettext("Your notebook is run from the top in a fresh Python, and then the pre-checks are made. They open the way to a mentor's review.")
      : gettext("Your notebook is run from the top in a fresh Python, and then all checks are made.");
    const buttons = element("div", "checks-buttons", [this.now, this.run, cancel]);
    const sent = element("p", "", gettext("This is sent, as it stands in the notebook now:"));
    const body = [this.heading, sent, this.sent, element("p", "", advice), this.attempts, this.ran, buttons];
    this.element = element("section", "checks-panel", body, { "aria-labelledby": "submit-title" });
    this.element.hidden = true;
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") choice.cancel();
    });
  }

  open(attemptsLeft: number | null): void {
    this.sent.replaceChildren(...this.describe().map((text) => element("li", "", text)));
    this.attempts.textContent = attemptsWord(attemptsLeft);
    this.now.disabled = attemptsLeft === 0;
    this.ran.textContent = "";
    this.element.hidden = false;
    this.heading.focus();
  }

  close(): void {
    this.element.hidden = true;
  }

  /** What is sent, in words. */
  private describe(): string[] {
    const answers = this.view.cells.filter((cell) => cell.role === "answer");
    const extras = this.view.cells.filter((cell) => cell.role === "extra").length;
    const blank = answers.filter((cell) => cell.source.trim() === this.starters.get(cell.id)?.trim());
    const count = answers.length;
    const said = [interpolate(ngettext("%(count)s answer", "%(count)s answers", count), { count })];
    if (extras)
      said.push(interpolate(ngettext("%(extras)s cell of your own", "%(extras)s cells of your own", extras), { extras }));
    if (blank.length) said.push(blankWord(blank.map((cell) => cell.position)));
    return said;
  }

  private async runAll(): Promise<void> {
    this.run.disabled = true;
    this.ran.textContent = gettext("Running all cells in a fresh Python.");
    const isFine = await this.view.restartAndRunAll().catch(() => false);
    this.run.disabled = false;
    this.ran.textContent = isFine
      ? gettext("All cells ran to their end.")
      : gettext("It did not run to its end: look at the cell that stopped. You may submit all the same.");
  }
}

function blankWord(positions: number[]): string {
  const words = ngettext("Cell %(numbers)s is still as it was handed out.", "Cells %(numbers)s are still as they were handed out.", positions.length);
  return interpolate(words, { numbers: new Intl.ListFormat(document.documentElement.lang || undefined).format(positions.map(String)) });
}

function attemptsWord(left: number | null): string {
  if (left === null) return gettext("You may submit as often as you like; the best result counts.");
  if (!left) return gettext("No attempt is left for this exercise.");
  return interpolate(ngettext("%(left)s attempt is left.", "%(left)s attempts are left.", left), { left });
}
