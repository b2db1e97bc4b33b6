/** Runs cells, stops them, and tells how it went. */
import { gettext } from "../i18n";
import type { Kernel } from "../types";
import type { Cell } from "./cell";
import type { Cells } from "./cells";
import { CodeCell } from "./code-cell";
import { confirm } from "./confirm";
import { endWords } from "./labels";
import { RunQueue } from "./queue";
import { TextCell } from "./text-cell";

const DEAF_MS = 5000;

export class Runner {
  readonly queue: RunQueue;

  #deaf: ReturnType<typeof setTimeout> | undefined;

  /** `onDeaf`: what runs was told to stop and does not. */
  constructor(
    private readonly cells: Pick<Cells, "list" | "code" | "indexOf">,
    private readonly kernel: Kernel,
    private readonly announce: (text: string) => void,
    onChange: () => void,
    private readonly onDeaf: () => void = () => {},
  ) {
    this.queue = new RunQueue(() => {
      if (!this.queue.running) clearTimeout(this.#deaf);
      onChange();
    });
    kernel.onFresh(() => {
      for (const cell of cells.code) cell.onFresh();
    });
    this.#awaitReunion();
  }

  /** Texts are shown at once, code waits for its turn. Resolves true when all of it ran well. */
  run(cells: readonly Cell[]): Promise<boolean> {
    for (const cell of cells) if (cell instanceof TextCell) cell.render();
    return this.queue.add(cells.filter((cell) => cell instanceof CodeCell));
  }

  runAll(): Promise<boolean> {
    return this.run(this.cells.list);
  }

  runAbove(cell: Cell): Promise<boolean> {
    return this.run(this.cells.list.slice(0, this.cells.indexOf(cell)));
  }

  runBelow(cell: Cell): Promise<boolean> {
    return this.run(this.cells.list.slice(this.cells.indexOf(cell)));
  }

  /** What the button of a cell does: a second press takes it back. */
  toggle(cell: Cell): void {
    if (!(cell instanceof CodeCell) || !this.queue.has(cell)) return void this.run([cell]);
    if (!this.queue.remove(cell)) this.stop();
  }

  /** The cell is about to go: it does not run unseen. */
  forget(cell: Cell): void {
    if (!(cell instanceof CodeCell) || !this.queue.has(cell)) return;
    if (!this.queue.remove(cell)) this.stop();
  }

  /** Interrupts what runs and forgets what waits. */
  stop(): void {
    const { running } = this.queue;
    this.queue.clear();
    if (!(running instanceof CodeCell)) return;
    if (running.state === "waiting") running.cancelWait();
    if (this.kernel.state === "reconnecting") {
      return this.announce(gettext("The line to Python is down: nothing can be stopped until it is back."));
    }
    if (this.kernel.state !== "busy" && running.state !== "running") return;
    void this.kernel.interrupt();
    clearTimeout(this.#deaf);
    this.#deaf = setTimeout(() => this.queue.running === running && this.onDeaf(), DEAF_MS);
  }

  /** `asks`: first, when something runs. */
  async restart(asks = true): Promise<boolean> {
    if (asks && !this.queue.isEmpty && !(await confirm(RESTART()))) return false;
    return this.#restart();
  }

  async restartAndRunAll(): Promise<boolean> {
    return (await this.restart()) && this.runAll();
  }

  onRunEnd(cell: CodeCell): void {
    const { state } = cell;
    const isLast = !this.queue.length;
    if (!cell.position) return; // deleted while it ran
    if (isLast || state !== "ok") this.announce(endWords(cell.position, state, cell.errorName));
  }

  async #restart(): Promise<boolean> {
    this.queue.clear();
    const { running } = this.queue;
    if (running instanceof CodeCell) running.cancelWait();
    const isUp = ["ready", "busy", "restarting", "reconnecting"].includes(this.kernel.state);
    const ok = isUp ? await this.kernel.restart() : await this.kernel.start();
    if (ok) this.announce(gettext("Python has been restarted"));
    return ok;
  }

  /** A kernel that was found, not started, is the one that the saved results came from. */
  #awaitReunion(): void {
    let isFresh = false;
    const forget = this.kernel.onFresh(() => {
      isFresh = true;
    });
    const leave = this.kernel.onState((state) => {
      if (state !== "ready" && state !== "busy") return; // busy: a run of before the reload goes on
      leave();
      // The news of a fresh kernel may follow that of its readiness.
      setTimeout(() => {
        forget();
        if (!isFresh) for (const cell of this.cells.code) cell.onReunion();
      });
    });
  }
}

const RESTART = () => ({
  title: gettext("Restart Python?"),
  text: gettext("A cell is running. Restarting stops it and clears every name; your text stays."),
  action: gettext("Restart"),
});
