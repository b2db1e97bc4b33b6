/** "Check" and "Submit": what was written is saved, run in the grader's own fresh Python, and judged beside the cells. */
import { gettext } from "../i18n";
import { button } from "../notebook/button";
import { element } from "../render/element";
import { RefusedError } from "../requests";
import type { Boot, NotebookView, Store } from "../types";
import { Confirmation } from "./before-submit";
import { Board } from "./board";
import { follow } from "./follow";
import { type Accepted, cancel, isConflict, post, type RunState } from "./server";
import { conflictWord, type Purpose, refusalWord, sentence, signedOutWord } from "./words";

const BANNER = "checks";
type Kind = "check" | "submission";

/** Puts the two buttons into the toolbar and results below and beside the cells. */
export function mountChecks(view: NotebookView, store: Store, boot: Boot): void {
  const checks = new Checks(view, store, boot);
  view.toolbar.append(checks.bar);
  view.panels.prepend(checks.confirmation.element, checks.board.element);
}

class Checks {
  readonly board: Board;
  readonly confirmation: Confirmation;
  readonly bar: HTMLElement;
  private readonly check = button({
    label: gettext("Check"),
    title: gettext("Run the announced checks on what you have; it costs nothing"),
    onPress: () => this.isOff() || void this.start("check"),
  });
  private readonly submit = button({
    label: gettext("Submit"),
    className: "is-primary",
    onPress: () => this.isOff() || this.confirmation.open(this.attemptsLeft),
  });
  private readonly status = element("a", "checks-status", "", { href: "#checks-panel" });
  private attemptsLeft: number | null;
  /** The run at hand: being saved and sent, then followed. Another one aborts it. */
  private turn: { kind: Kind; isSent: boolean; control: AbortController } | null = null;
  private submissions = 0;

  constructor(
    private readonly view: NotebookView,
    private readonly store: Store,
    private readonly boot: Boot,
  ) {
    this.attemptsLeft = boot.attempts_left;
    this.board = new Board(view);
    this.confirmation = new Confirmation(view, boot, {
      submit: () => void this.start("submission"),
      cancel: () => this.closeConfirmation(),
    });
    const label = gettext("Check and submit");
    this.bar = element("div", "checks-bar", [this.check, this.submit, this.status], { role: "group", "aria-label": label });
    this.status.hidden = true;
    this.status.addEventListener("click", (event) => {
      event.preventDefault();
      this.board.focus();
    });
    store.onState(() => this.update());
    store.onReplace(() => this.update());
    view.onCells(() => this.board.refresh());
    this.update();
  }

  /** Buttons that would not do anything now keep the focus, so they are off by ARIA alone. */
  private isOff(): boolean {
    return this.isBusy() || this.store.state === "saving";
  }

  /** A check that is followed may be replaced by the next one; what is being sent or graded may not. */
  private isBusy(): boolean {
    return this.turn !== null && (!this.turn.isSent || this.turn.kind === "submission");
  }

  private update(): void {
    for (const item of [this.check, this.submit]) item.setAttribute("aria-disabled", String(this.isOff()));
    this.board.refresh();
  }

  private closeConfirmation(): void {
    this.confirmation.close();
    this.submit.focus();
  }

  private async start(kind: Kind): Promise<void> {
    if (this.isBusy()) return;
    this.turn?.control.abort();
    const turn = { kind, isSent: false, control: new AbortController() };
    this.turn = turn;
    this.confirmation.close();
    this.board.begin(this.purpose(kind));
    if (kind === "submission") this.board.focus();
    this.tell(gettext("Saving your work."));
    this.update();
    try {
      const accepted = await this.send(kind);
      turn.isSent = true;
      if (accepted) await this.follow(kind, accepted, turn.control.signal);
    } catch (error) {
      if (!turn.control.signal.aborted) this.fail(error);
    } finally {
      if (this.turn === turn) this.turn = null;
      this.update();
    }
  }

  /** Saves and asks; null when it could not be saved, which is said. */
  private async send(kind: Kind): Promise<Accepted | null> {
    if (!(await this.store.saveNow())) {
      this.stop(this.notSaved());
      return null;
    }
    this.view.closeBanner(BANNER);
    try {
      return await this.ask(kind);
    } catch (error) {
      // Saved elsewhere in the meantime: when the texts are the same, saving again tells us the new revision.
      if (!isConflict(error)) throw error;
      this.store.changed();
      if (!(await this.store.saveNow())) throw error;
      return this.ask(kind);
    }
  }

  private ask(kind: Kind): Promise<Accepted> {
    this.board.remember();
    const { revision } = this.store;
    if (kind === "check") return post(this.boot.urls.check, { revision });
    // The same key absorbs a request that is sent twice; a new one lets the same text be submitted again.
    return post(this.boot.urls.submit, { revision, key: `${this.boot.key}-${this.submissions}` });
  }

  private async follow(kind: Kind, accepted: Accepted, signal: AbortSignal): Promise<void> {
    if (accepted.attempts_left !== undefined) this.attemptsLeft = accepted.attempts_left;
    this.update();
    const onState = (state: RunState): void => this.show(kind, state);
    const onLine = (isUp: boolean): void => this.line(isUp);
    this.board.offerStop(() => void this.cancel(accepted));
    this.end(kind, await follow(accepted.url, { onState, onLine }, signal));
  }

  /** What follows the run hears of its end. It may have ended just before. */
  private async cancel(accepted: Accepted): Promise<void> {
    try {
      await cancel(accepted);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      if (error.status !== 409) this.warn(refusalWord(error));
    }
  }

  private purpose(kind: Kind): Purpose {
    if (kind === "check") return "check";
    return this.boot.exercise.is_reviewed ? "review" : "grade";
  }

  private show(kind: Kind, state: RunState): void {
    this.board.show(state);
    this.tell(sentence(state, this.purpose(kind)));
  }

  private end(kind: Kind, state: RunState): void {
    if (kind !== "submission") return;
    this.submissions += 1;
    // What we failed at, and what was cancelled, costs nothing.
    if (state.state !== "done" && this.attemptsLeft !== null) this.attemptsLeft += 1;
  }

  private line(isUp: boolean): void {
    if (isUp) this.view.closeBanner(BANNER);
    else this.warn(gettext("The server cannot be reached. The checks go on there; the page asks again by itself."));
  }

  private fail(error: unknown): void {
    const text = refusalWord(error);
    this.stop(text);
    if (!(error instanceof RefusedError && error.status === 401)) return;
    const act = (): void => void window.open(this.boot.urls.login, "_blank", "noopener");
    this.warn(text, [{ label: gettext("Sign in"), act }]);
  }

  private notSaved(): string {
    if (this.store.state === "conflict") return conflictWord();
    if (this.store.state === "signed-out") return signedOutWord();
    return this.store.detail || gettext("Your work is not saved yet, so nothing was sent. Try again once it is.");
  }

  private warn(text: string, actions: { label: string; act(): void }[] = []): void {
    this.view.banner(BANNER, text, actions, "warning");
  }

  private stop(text: string): void {
    this.board.stop(text);
    this.tell(text);
  }

  /** To the eye beside the buttons, and to screen readers, each sentence once. */
  private tell(text: string): void {
    this.status.hidden = false;
    if (this.status.textContent === text) return;
    this.status.textContent = text;
    this.view.announce(text);
  }
}
