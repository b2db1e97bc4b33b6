/** What learners do to the order and kind of their own cells, and how it is taken back. */
import { gettext } from "../i18n";
import type { CellType } from "../types";
import type { Cell } from "./cell";
import { blankCell, type Cells } from "./cells";
import { TextCell } from "./text-cell";

const MOST_UNDONE = 50;

interface Step {
  back(): void;
  /** It writes into a cell. */
  isOfText: boolean;
}

export class Arrangement {
  #undo: Step[] = [];

  /** `onChange` follows every change; `announce` says what a look would show; `onTake` hears which cell is about to go. */
  constructor(
    private readonly cells: Cells,
    private readonly onChange: () => void,
    private readonly announce: (text: string) => void,
    private readonly onTake: (cell: Cell) => void,
  ) {}

  get canUndo(): boolean {
    return this.#undo.length > 0;
  }

  /** Other text stands in the cells now: undo must not put an older one over it, only bring back deleted cells. */
  forgetTexts(): void {
    this.#undo = this.#undo.filter(({ isOfText }) => !isOfText);
  }

  insert(beside: Cell | null, where: "above" | "below", type: CellType): Cell {
    const cell = this.cells.make(blankCell(type));
    const at = beside ? this.cells.indexOf(beside) + (where === "below" ? 1 : 0) : this.cells.list.length;
    this.cells.put(cell, at);
    this.cells.choose(cell);
    this.onChange();
    return cell;
  }

  canDelete(cell: Cell): boolean {
    return cell.role === "extra";
  }

  delete(cell: Cell): void {
    if (!this.canDelete(cell)) return this.announce(gettext("This cell belongs to the exercise and stays."));
    const index = this.cells.indexOf(cell);
    this.#take(cell);
    this.#remember({
      isOfText: false,
      back: () => {
        const there = this.cells.byId(cell.id); // it came back with an earlier version
        if (!there) this.cells.put(cell, Math.min(index, this.cells.list.length));
        this.#show(there ?? cell);
      },
    });
    this.cells.chosen?.select();
    this.onChange();
    this.announce(gettext("Cell deleted. Z brings it back."));
  }

  canMove(cell: Cell, by: -1 | 1): boolean {
    return cell.role === "extra" && this.cells.at(this.cells.indexOf(cell) + by) !== undefined;
  }

  move(cell: Cell, by: -1 | 1): void {
    if (!this.canMove(cell, by)) return;
    const index = this.cells.indexOf(cell);
    this.cells.swap(index, index + by);
    this.#show(cell);
    this.onChange();
    this.announce(by < 0 ? gettext("Cell moved up") : gettext("Cell moved down"));
  }

  canChangeType(cell: Cell, type: CellType): boolean {
    return cell.role === "extra" && cell.type !== type;
  }

  changeType(cell: Cell, type: CellType): Cell {
    if (!this.canChangeType(cell, type)) return cell;
    const made = this.cells.make({ ...cell.toData(), type, outputs: [], execution_count: null });
    const index = this.cells.indexOf(cell);
    this.#take(cell);
    this.cells.put(made, index);
    if (made instanceof TextCell) made.focus();
    this.#show(made);
    this.onChange();
    this.announce(type === "code" ? gettext("Now a code cell") : gettext("Now a text cell"));
    return made;
  }

  canSplit(cell: Cell): boolean {
    return cell.role === "extra";
  }

  /** At the cursor: what is after it becomes a cell of its own. */
  split(cell: Cell): Cell | null {
    if (!this.canSplit(cell)) return null;
    const { source, cursor } = cell;
    const first = source.slice(0, cursor).replace(/\n$/, "");
    const second = this.cells.make(blankCell(cell.type, source.slice(cursor).replace(/^\n/, "")));
    cell.setSource(first);
    this.cells.put(second, this.cells.indexOf(cell) + 1);
    this.cells.choose(second);
    this.#remember({
      isOfText: true,
      back: () => {
        this.#take(second);
        cell.setSource(source);
        this.#show(cell);
      },
    });
    this.onChange();
    this.announce(gettext("Cell split in two"));
    return second;
  }

  canMerge(cell: Cell): boolean {
    const next = this.cells.at(this.cells.indexOf(cell) + 1);
    return cell.role === "extra" && next?.role === "extra" && next.type === cell.type;
  }

  /** With the cell below. */
  merge(cell: Cell): void {
    const index = this.cells.indexOf(cell);
    const next = this.cells.at(index + 1);
    if (!next || !this.canMerge(cell)) {
      return this.announce(gettext("Only two neighbouring cells of your own can be merged."));
    }
    const { source } = cell;
    cell.setSource([source, next.source].filter(Boolean).join("\n"));
    this.#take(next);
    this.#remember({
      isOfText: true,
      back: () => {
        cell.setSource(source);
        this.cells.put(next, this.cells.indexOf(cell) + 1);
        this.#show(next);
      },
    });
    this.#show(cell);
    this.onChange();
    this.announce(gettext("Cells merged"));
  }

  /** Takes back the last deletion, split or merge. */
  undo(): void {
    const step = this.#undo.pop();
    if (!step) return this.announce(gettext("There is no deleted cell to bring back."));
    step.back();
    this.onChange();
  }

  #take(cell: Cell): void {
    this.onTake(cell);
    this.cells.take(cell);
  }

  #remember(step: Step): void {
    this.#undo.push(step);
    if (this.#undo.length > MOST_UNDONE) this.#undo.shift();
  }

  #show(cell: Cell): void {
    this.cells.choose(cell);
    cell.select();
  }
}
