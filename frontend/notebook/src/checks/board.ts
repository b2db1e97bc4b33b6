/** Where results stand: all of them in short in a panel, and each in full beside the cell that it concerns. */
import { gettext, interpolate } from "../i18n";
import { button } from "../notebook/button";
import { element } from "../render/element";
import type { CellView, NotebookView } from "../types";
import { badge, resultItem, ResultList, stumbleItem } from "./results";
import type { RunState } from "./server";
import { type Purpose, sentence } from "./words";

type Entry = Parameters<ResultList["show"]>[0][number];

/** Shows one run at a time, and says of each result whether it is older than the text beside it. */
export class Board {
  readonly element: HTMLElement;
  private readonly heading = element("h2", "", "", { id: "checks-title", tabindex: "-1" });
  private readonly line = element("p", "checks-line");
  private readonly message = element("p", "checks-message");
  private readonly link = element("a", "", gettext("The full report"));
  private readonly stale = element("p", "checks-stale", gettext("You have changed something since."));
  private readonly summary = new ResultList();
  private readonly loose = new ResultList();
  private readonly beside = new Map<string, { list: ResultList; note: HTMLElement }>();
  private readonly progress = element("progress", "checks-progress");
  private readonly stopper = button({ label: gettext("Stop"), icon: "stop", className: "is-small checks-stop", onPress: () => this.onStop?.() });
  private onStop: (() => void) | null = null;
  private checkedSources = new Map<string, string>();
  private purpose: Purpose = "check";
  private state: RunState | null = null;

  constructor(private readonly view: NotebookView) {
    const body = [this.line, this.progress, this.stopper, this.message, this.stale, this.summary.element, this.loose.element];
    this.element = element("section", "checks-panel", [this.heading, ...body, element("p", "", [this.link])], {
      id: "checks-panel",
      "aria-labelledby": "checks-title",
    });
    this.element.hidden = this.stopper.hidden = true;
    this.progress.setAttribute("aria-label", gettext("How far it is"));
    this.summary.element.classList.add("is-short");
  }

  /** A new run begins; what was found before goes away. */
  begin(purpose: Purpose): void {
    this.purpose = purpose;
    this.state = null;
    this.remember();
    this.heading.textContent = purpose === "check" ? gettext("Check") : gettext("Your submission");
    this.say(gettext("Saving your work."));
    this.element.hidden = false;
    for (const list of [this.summary, this.loose]) list.show([]);
    for (const { list } of this.beside.values()) list.show([]);
    this.message.hidden = this.link.hidden = this.stale.hidden = true;
    this.offerStop(null);
    this.progress.hidden = false;
    this.progress.removeAttribute("value");
    this.tidy();
  }

  /** What the notebook says at this moment is what is run. */
  remember(): void {
    this.checkedSources = new Map(this.view.cells.map((cell) => [cell.id, cell.source]));
  }

  say(text: string): void {
    this.line.textContent = text;
  }

  /** Nothing came of it; the reason is said where one looks for results. */
  stop(text: string): void {
    this.say(text);
    this.progress.hidden = true;
    this.offerStop(null);
  }

  /** While it waits or runs; with null, no more. */
  offerStop(act: (() => void) | null): void {
    this.onStop = act;
    const hadFocus = this.stopper === document.activeElement;
    this.stopper.hidden = !act;
    if (!act && hadFocus) this.focus();
  }

  show(state: RunState): void {
    this.state = state;
    this.say(sentence(state, this.purpose));
    this.message.textContent = state.message;
    this.message.hidden = !state.message;
    this.link.hidden = !(state.page && state.done);
    if (state.page) this.link.href = state.page;
    this.progress.hidden = state.done;
    if (state.done) this.offerStop(null);
    const [part, whole] = state.cell ? [state.cell.index - 1, state.cell.of] : [state.results.length, state.checks_of];
    if (whole) [this.progress.max, this.progress.value] = [whole, part];
    else this.progress.removeAttribute("value");
    this.place();
  }

  /** The notebook's cells were made anew, moved or removed, or a text changed. */
  refresh(): void {
    if (this.state) this.place();
  }

  focus(): void {
    this.heading.focus();
  }

  private place(): void {
    const state = this.state;
    if (!state) return;
    const entries = new Map<string | null, Entry[]>();
    const add = (id: string | null, entry: Entry): void => {
      const key = id !== null && this.view.cell(id) ? id : null;
      entries.set(key, [...(entries.get(key) ?? []), entry]);
    };
    for (const value of state.cells) add(value.id, { key: `cell ${value.id}`, value, make: () => stumbleItem(value) });
    for (const value of state.results) add(value.cell, { key: value.title, value, make: () => resultItem(value) });
    this.loose.show(entries.get(null) ?? []);
    for (const cell of this.view.cells) this.placeBeside(cell, entries.get(cell.id) ?? []);
    this.summarise(state);
    this.tidy();
  }

  private placeBeside(cell: CellView, entries: Entry[]): void {
    let held = this.beside.get(cell.id);
    if (!held && !entries.length) return;
    if (!held) {
      const note = element("p", "checks-stale", gettext("From before your last change."));
      held = { list: new ResultList(), note };
      held.list.element.setAttribute("aria-label", gettext("Results of checks"));
      this.beside.set(cell.id, held);
    }
    held.list.show(entries);
    if (held.list.element.parentElement !== cell.feedback) cell.feedback.append(held.note, held.list.element);
  }

  /** Shows what has something to say, and marks what is older than the text. */
  private tidy(): void {
    let changed = this.view.cells.length !== this.checkedSources.size;
    for (const cell of this.view.cells) {
      const isStale = this.checkedSources.get(cell.id) !== cell.source;
      changed ||= isStale;
      const held = this.beside.get(cell.id);
      if (!held) continue;
      held.note.hidden = !isStale;
      cell.feedback.classList.toggle("is-stale", isStale);
      cell.feedback.hidden = !held.list.element.childElementCount;
    }
    this.stale.hidden = !(changed && this.state?.results.length);
  }

  /** One line for each result that stands beside a cell, with the way there. */
  private summarise(state: RunState): void {
    const beside = state.results.filter((result) => result.cell !== null && this.view.cell(result.cell));
    this.summary.show(
      beside.map((result) => {
        const cell = this.view.cell(result.cell ?? "");
        const value = [result.title, result.verdict, cell?.position];
        return { key: result.title, value, make: () => this.summaryItem(result.title, result.verdict, cell) };
      }),
    );
  }

  private summaryItem(title: string, verdict: string, cell: CellView | undefined): HTMLElement {
    const item = element("li", `check-result is-${verdict}`, [badge(verdict), element("span", "", title)]);
    if (!cell) return item;
    const text = interpolate(gettext("Cell %(number)s"), { number: cell.position });
    const button = element("button", "button is-small is-quiet", text, { type: "button" });
    button.setAttribute("aria-label", `${text}: ${title}`);
    button.addEventListener("click", () => {
      cell.element.scrollIntoView({ block: "center" });
      cell.focus();
    });
    item.append(button);
    return item;
  }
}
