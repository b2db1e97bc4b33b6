/** The notebook on the page. It joins the parts; each of them does its own work. */
import type { CellKey } from "../editor/editor";
import { gettext } from "../i18n";
import { element } from "../render/element";
import { type TabItem, tabStorage } from "../store/tab-item";
import type { Boot, CellView, DraftCell, Kernel, NotebookView, Output, Store, Unsubscribe } from "../types";
import { Announcer } from "./announcer";
import { Arrangement } from "./arrangement";
import { type Action, Banners, type Tone } from "./banners";
import type { Cell, Host } from "./cell";
import { Cells } from "./cells";
import { CodeCell } from "./code-cell";
import { commands } from "./commands";
import { frame } from "./frame";
import { Help } from "./help";
import { KernelNotices } from "./kernel-notices";
import { listen } from "./listen";
import { toggleMenu } from "./menu";
import { cellMenu, notebookMenu } from "./menus";
import { Runner } from "./runner";
import { SaveNotices } from "./save-notices";
import { TextCell } from "./text-cell";
import { Toolbar } from "./toolbar";
import { type Run, runUnderWay } from "./under-way";
import { Versions } from "./versions";

type SavedOutputs = Record<string, { execution_count: number | null; outputs: Output[]; ran: string }>;

export class Notebook implements NotebookView, Host {
  readonly panels = element("div", "nb-panels");
  readonly help: Help;
  readonly runner: Runner;
  readonly arrangement: Arrangement;
  versions: Versions | null = null;
  readonly #cells: Cells;
  readonly #commands = commands();
  readonly #announcer = new Announcer();
  readonly #banners = new Banners(() => this.#cells.chosen?.select());
  readonly #saving: SaveNotices;
  readonly #toolbar: Toolbar;
  readonly #listeners = new Set<() => void>();
  readonly #underWay: TabItem<Run>;

  constructor(
    readonly element: HTMLElement,
    readonly boot: Boot,
    readonly kernel: Kernel,
  ) {
    this.#underWay = runUnderWay(boot, tabStorage());
    const say = (text: string) => this.announce(text);
    const show = this.banner.bind(this);
    const close = this.closeBanner.bind(this);
    this.#cells = new Cells(this, () => this.#listeners.forEach((listener) => listener()));
    this.help = new Help(this.#commands);
    this.#saving = new SaveNotices(boot, show, close);
    const notices = new KernelNotices(kernel, boot, show, close);
    this.arrangement = new Arrangement(this.#cells, () => this.versions?.store.changed(), say, (cell) => this.runner.forget(cell));
    const busy = () => {
      const { isEmpty } = this.runner.queue;
      this.#toolbar.setBusy(!isEmpty);
      if (!isEmpty) return;
      this.closeBanner("deaf");
      this.versions?.store.outputsSettled();
    };
    this.runner = new Runner(this.#cells, kernel, say, busy, () => this.#offerRestart());
    this.#toolbar = this.#buildToolbar([notices.pill.element, this.#saving.pill.element]);
    this.#build();
  }

  // -- What other parts use ----------------------------------------------------------------------

  get cells(): readonly CellView[] {
    return this.#cells.list;
  }

  get toolbar(): HTMLElement {
    return this.#toolbar.slot;
  }

  cell(id: string): CellView | undefined {
    return this.#cells.byId(id);
  }

  onCells(listener: () => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  draft(): DraftCell[] {
    return this.#cells.list.map((cell) => cell.toDraft());
  }

  outputs(): SavedOutputs {
    return Object.fromEntries(
      this.#cells.code.map((cell) => [
        cell.id,
        { execution_count: cell.executionCount, outputs: cell.outputs, ran: cell.ran },
      ]),
    );
  }

  runAll(): Promise<boolean> {
    return this.runner.runAll();
  }

  restartAndRunAll(): Promise<boolean> {
    return this.runner.restartAndRunAll();
  }

  /**
   * What most come for is there at once; the others are woken as they come near. An editor has the page laid
   * out, so it is made when everything stands in it.
   */
  wakeFirst(): void {
    this.#cells.list.find((cell) => cell.isEditable && cell.type === "code")?.wake();
  }

  /** With the kernel from before a reload: its names are there, and what ran in it may run still. */
  goOn(): void {
    const run = this.#underWay.read();
    this.#underWay.forget(); // kept again once the server knows it
    const cell = this.#cells.code.find(({ id }) => id === run?.cell);
    if (!run || !cell) return void this.kernel.start();
    cell.goOnWith(run);
    void this.runner.run([cell]);
  }

  announce(text: string): void {
    this.#announcer.say(text);
  }

  banner(name: string, text: string, actions: Action[] = [], tone: Tone = "info"): void {
    if (this.#banners.show(name, text, actions, tone)) this.announce(text);
  }

  closeBanner(name: string): void {
    this.#banners.close(name);
  }

  /** From now on changes are kept. */
  useStore(store: Store): void {
    this.versions = new Versions(store, this.boot, this);
    this.versions.guard(this.element);
    this.#saving.use(store);
    store.onReplace((boot) => this.#replace(boot));
  }

  // -- What commands use ---------------------------------------------------------------------------

  step(cell: Cell, by: -1 | 1): void {
    const next = this.#cells.at(this.#cells.indexOf(cell) + by);
    if (!next) return;
    this.#cells.choose(next);
    next.select();
  }

  runAndStay(cell: Cell): void {
    void this.runner.run([cell]);
    cell.select();
  }

  runAndGoOn(cell: Cell): void {
    void this.runner.run([cell]);
    if (this.#cells.at(this.#cells.indexOf(cell) + 1)) this.step(cell, 1);
    else this.arrangement.insert(cell, "below", "code").focus();
  }

  runAndInsert(cell: Cell): void {
    void this.runner.run([cell]);
    this.arrangement.insert(cell, "below", "code").focus();
  }

  /** Of these, or of all. */
  clearOutputs(cells: readonly Cell[] = this.#cells.list): void {
    for (const cell of cells) if (cell instanceof CodeCell) cell.clearOutputs();
    this.versions?.store.outputsChanged();
  }

  // -- What cells tell -----------------------------------------------------------------------------

  get total(): number {
    return this.#cells.list.length;
  }

  position(cell: Cell): number {
    return this.#cells.indexOf(cell) + 1;
  }

  onEdit(): void {
    this.versions?.store.changed();
  }

  onEnter(cell: Cell): void {
    this.#cells.choose(cell);
  }

  onKey(cell: Cell, key: CellKey): boolean {
    if (key === "previous" || key === "next") return this.#writeInNeighbour(cell, key === "next" ? 1 : -1);
    const command = this.#commands.find(({ name }) => name === key);
    command?.run(this, cell);
    return true;
  }

  onRunButton(cell: Cell): void {
    this.#cells.choose(cell);
    this.runner.toggle(cell);
  }

  onMenu(cell: Cell, at: HTMLElement): void {
    this.#cells.choose(cell);
    toggleMenu(at, gettext("More about this cell"), cellMenu(this, this.#commands, cell), this.element);
  }

  onTraceLink(cell: Cell, executionCount: number | null, line: number): void {
    const ran = this.#cells.code.find((one) => executionCount !== null && one.executionCount === executionCount);
    const found = executionCount === null ? cell : ran;
    if (!found) return this.announce(gettext("That cell has changed or is gone."));
    this.#cells.choose(found);
    found.focus(line);
  }

  /** A display may stand in several cells. */
  onUpdateDisplay(displayId: string, output: Output): void {
    for (const cell of this.#cells.code) cell.updateDisplay(displayId, output);
  }

  onRunSent(cell: Cell, id: string, ran: string): void {
    this.#underWay.keep({ cell: cell.id, id, ran });
  }

  onRunEnd(cell: Cell): void {
    this.#underWay.forget();
    if (cell instanceof CodeCell) this.runner.onRunEnd(cell);
    this.versions?.store.outputsChanged();
  }

  // -- Inside ----------------------------------------------------------------------------------------

  #build(): void {
    // The server's rendering of a text, formulas and all, is taken over as it stands.
    const rendered = new Map([...this.element.querySelectorAll(".cell.is-text")].map((one) => [one.id, one]));
    this.#cells.fill(this.boot.cells, (id) => rendered.get(`cell-${id}`) ?? null);
    frame(this.element, {
      bar: this.#toolbar.element,
      cells: this.#cells.element,
      panels: this.panels,
      liveRegion: this.#announcer.element,
      onAdd: (type) => this.arrangement.insert(null, "below", type).focus(),
    });
    listen(this.element, this.#cells, this.#commands, (command, cell) => command.run(this, cell));
  }

  #buildToolbar(pills: HTMLElement[]): Toolbar {
    return new Toolbar({
      pills,
      banners: this.#banners.element,
      root: this.element,
      menu: () => notebookMenu(this),
      onRunAll: () => void this.runner.runAll(),
      onStop: () => this.runner.stop(),
      onRestart: () => void this.runner.restart(),
      onRestartAndRunAll: () => void this.runner.restartAndRunAll(),
      onHelp: () => this.help.open(),
    });
  }

  #offerRestart(): void {
    const text = gettext("What runs does not stop, perhaps because the library that it is in cannot be interrupted. A restart ends it: every name is lost, your text stays.");
    const restart = { label: gettext("Restart"), act: () => void this.runner.restart(false) };
    this.banner("deaf", text, [restart], "warning");
  }

  #writeInNeighbour(cell: Cell, by: -1 | 1): boolean {
    const next = this.#cells.at(this.#cells.indexOf(cell) + by);
    if (!next?.isEditable || (next instanceof TextCell && !next.isOpen)) return false;
    next.focus(by > 0 ? 1 : Number.MAX_SAFE_INTEGER);
    return true;
  }

  #replace(boot: Boot): void {
    this.runner.queue.clear();
    this.arrangement.forgetTexts();
    this.#cells.replace(boot.cells);
    this.versions?.onReplaced(boot);
  }
}

/** Takes the element over: what the server put there is replaced by the live notebook. */
export function createNotebook(root: HTMLElement, boot: Boot, kernel: Kernel): Notebook {
  return new Notebook(root, boot, kernel);
}
