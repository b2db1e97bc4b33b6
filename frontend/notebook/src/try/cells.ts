/** Brings the cells of a lesson to life, one by one. They share a kernel, which the first run starts. */
import type { CellKey } from "../editor/editor";
import { gettext } from "../i18n";
import { createKernel } from "../kernel/kernel";
import { Announcer } from "../notebook/announcer";
import { Banners } from "../notebook/banners";
import { type Cell, EDITOR_HELP_ID, type Host } from "../notebook/cell";
import type { CodeCell } from "../notebook/code-cell";
import { spell } from "../notebook/keyboard";
import { KernelNotices } from "../notebook/kernel-notices";
import { type MenuItem, toggleMenu } from "../notebook/menu";
import { Runner } from "../notebook/runner";
import { element } from "../render/element";
import type { Kernel, KernelBoot, Output } from "../types";
import { TryCell } from "./cell";

const RUNNING_KEYS = ["Mod+Enter", "Shift+Enter"];

export class LessonCells implements Host {
  readonly runner: Runner;
  readonly #cells = new Map<HTMLElement, TryCell>();
  readonly #announcer = new Announcer();
  readonly #banners = new Banners(() => this.#used?.select());
  #used: Cell | null = null; // last

  /** `blocks`: all that may come to life, in the lesson's order. */
  constructor(
    readonly boot: KernelBoot,
    private readonly blocks: readonly HTMLElement[],
    readonly kernel: Kernel = createKernel(boot),
  ) {
    const cells = this;
    const list = {
      get list(): readonly TryCell[] {
        return cells.list;
      },
      get code(): CodeCell[] {
        return cells.list;
      },
      indexOf: (cell: Cell) => cells.list.indexOf(cell as TryCell),
    };
    this.runner = new Runner(list, kernel, (text) => this.announce(text), () => {});
    new KernelNotices(
      kernel,
      boot,
      (...message) => {
        if (this.#banners.show(...message)) this.announce(message[1]);
      },
      (name) => this.#banners.close(name),
    );
    const help = gettext("Enter begins to write; then Tab indents, and Escape leaves the text.");
    const main = document.querySelector("main") ?? document.body;
    main.append(element("p", "visually-hidden", help, { id: EDITOR_HELP_ID }), this.#announcer.element);
  }

  /** Those that live, in the lesson's order. */
  get list(): TryCell[] {
    return this.blocks.flatMap((block) => this.#cells.get(block) ?? []);
  }

  /** Puts a cell in the place of the printed code and runs it. */
  bringToLife(block: HTMLElement): void {
    const code = block.querySelector("pre")?.textContent ?? "";
    const cell = new TryCell(block.id, code.replace(/\n$/, ""), this);
    this.#cells.set(block, cell);
    block.classList.add("nb", "is-live");
    for (const name of ["role", "aria-label"]) block.removeAttribute(name);
    block.replaceChildren(cell.element);
    cell.element.addEventListener("keydown", (event) => this.#onKeyDown(cell, event));
    cell.wake();
    cell.refresh();
    this.#run(cell);
    cell.focusRunButton();
  }

  // -- What cells tell -----------------------------------------------------------------------------

  get total(): number {
    return this.blocks.length;
  }

  position(cell: Cell): number {
    return this.blocks.findIndex((block) => this.#cells.get(block) === cell) + 1;
  }

  onEdit(): void {}

  onEnter(): void {}

  onKey(cell: Cell, key: CellKey): boolean {
    if (key === "previous" || key === "next") return false; // the cursor stays in its text
    if (key === "leave") cell.leaveText();
    else if (key !== "split") this.#run(cell);
    return true;
  }

  onRunButton(cell: Cell): void {
    this.#showNoticesAt(cell);
    this.runner.toggle(cell);
  }

  onMenu(cell: Cell, at: HTMLElement): void {
    const block = this.blocks[this.position(cell) - 1];
    if (block) toggleMenu(at, gettext("More about this cell"), this.#menu(cell as TryCell), block);
  }

  onTraceLink(cell: Cell, executionCount: number | null, line: number): void {
    const ran = this.list.find((one) => executionCount !== null && one.executionCount === executionCount);
    const found = executionCount === null ? cell : ran;
    if (found) found.focus(line);
    else this.announce(gettext("That cell has changed or is gone."));
  }

  onUpdateDisplay(displayId: string, output: Output): void {
    for (const cell of this.list) cell.updateDisplay(displayId, output);
  }

  onRunEnd(cell: Cell): void {
    this.runner.onRunEnd(cell as TryCell);
  }

  announce(text: string): void {
    this.#announcer.say(text);
  }

  // -- Inside ----------------------------------------------------------------------------------------

  #run(cell: Cell): void {
    this.#showNoticesAt(cell);
    void this.runner.run([cell]);
  }

  /** What happens to the kernel is told where it was used last. */
  #showNoticesAt(cell: Cell): void {
    this.#used = cell;
    if (this.#banners.element.nextSibling !== cell.element) cell.element.before(this.#banners.element);
  }

  #menu(cell: TryCell): MenuItem[] {
    const items: MenuItem[] = [
      { words: gettext("Clear the output"), act: () => cell.clearOutputs() },
      { words: gettext("Restart Python"), act: () => void this.runner.restart() },
    ];
    if (cell.isChanged) items.unshift({ words: gettext("Back to the original code"), act: () => cell.reset() });
    return items;
  }

  /** On the cell itself; the editor has keys of its own. */
  #onKeyDown(cell: TryCell, event: KeyboardEvent): void {
    if (event.target !== cell.element || event.defaultPrevented) return;
    const keys = spell(event);
    if (keys === "Enter") cell.focus();
    else if (RUNNING_KEYS.includes(keys)) this.#run(cell);
    else return;
    event.preventDefault();
  }
}
