/** The cells in their order, and which one is chosen. */
import { element } from "../render/element";
import type { CellData } from "../types";
import type { Cell, Host } from "./cell";
import { CodeCell } from "./code-cell";
import { Near } from "./near";
import { TextCell } from "./text-cell";

const ID_LENGTH = 12;
const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** An id for a cell of the learner's own. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_LENGTH));
  return `x-${Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join("")}`;
}

export function blankCell(type: CellData["type"], source = ""): CellData {
  return { id: newId(), type, role: "extra", source, outputs: [], execution_count: null };
}

export class Cells {
  readonly element = element("div", "nb-cells");
  #list: Cell[] = [];
  #chosen: Cell | null = null;
  readonly #near = new Near();

  constructor(
    private readonly host: Host,
    private readonly onChange: () => void,
  ) {}

  get list(): readonly Cell[] {
    return this.#list;
  }

  get code(): CodeCell[] {
    return this.#list.filter((cell) => cell instanceof CodeCell);
  }

  get chosen(): Cell | null {
    return this.#chosen;
  }

  indexOf(cell: Cell): number {
    return this.#list.indexOf(cell);
  }

  at(index: number): Cell | undefined {
    return this.#list[index];
  }

  byId(id: string): Cell | undefined {
    return this.#list.find((cell) => cell.id === id);
  }

  /** Fills the empty list. `given` finds the server's rendering of a text. */
  fill(data: readonly CellData[], given: (id: string) => Element | null): void {
    for (const one of data) this.#list.push(this.make(one, given(one.id)));
    this.element.replaceChildren(...this.#list.map((cell) => cell.element));
    for (const cell of this.#list) this.#near.watch(cell);
    this.choose(this.#list[0] ?? null);
    this.changed();
  }

  make(data: CellData, given?: Element | null): Cell {
    const cell = data.type === "code" ? new CodeCell(data, this.host) : new TextCell(data, this.host, given);
    cell.setChosen(false);
    return cell;
  }

  put(cell: Cell, index: number): void {
    const next = this.#list[index]?.element ?? null;
    this.#list.splice(index, 0, cell);
    this.element.insertBefore(cell.element, next);
    this.#near.watch(cell);
    this.changed();
  }

  /** Out of the page; the cell stays whole and can be put back. */
  take(cell: Cell): void {
    const index = this.indexOf(cell);
    if (index < 0) return;
    this.#list.splice(index, 1);
    this.#near.forget(cell);
    cell.element.remove();
    if (cell === this.#chosen) this.choose(this.#list[Math.min(index, this.#list.length - 1)] ?? null);
    this.changed();
  }

  swap(index: number, other: number): void {
    const [low, high] = [Math.min(index, other), Math.max(index, other)];
    const moved = this.#list[high];
    if (!moved || low < 0) return;
    this.#list.splice(high, 1);
    this.#list.splice(low, 0, moved);
    const after = this.#list[low + 1];
    if (after) this.element.insertBefore(moved.element, after.element);
    this.changed();
  }

  /** Makes the list read like this; what has the same id, kind and role stays, with its results. */
  replace(data: readonly CellData[]): void {
    const old = new Map(this.#list.map((cell) => [cell.id, cell]));
    this.#list = data.map((one) => {
      const cell = old.get(one.id);
      if (!cell || cell.type !== one.type || cell.role !== one.role) return this.make(one);
      old.delete(one.id);
      cell.setSource(one.source);
      return cell;
    });
    const focused = document.activeElement;
    const hadFocus = this.element.contains(focused);
    for (const cell of old.values()) {
      this.#near.forget(cell);
      cell.destroy();
    }
    this.element.replaceChildren(...this.#list.map((cell) => cell.element));
    for (const cell of this.#list) this.#near.watch(cell);
    if (!this.#chosen || !this.#list.includes(this.#chosen)) this.choose(this.#list[0] ?? null);
    this.changed();
    if (!hadFocus) return;
    // What is taken out and put back has lost it.
    if (focused?.isConnected) (focused as HTMLElement).focus({ preventScroll: true });
    else this.#chosen?.select();
  }

  choose(cell: Cell | null): void {
    if (cell === this.#chosen) return;
    this.#chosen?.setChosen(false);
    this.#chosen = cell;
    cell?.setChosen(true);
  }

  private changed(): void {
    for (const cell of this.#list) cell.refresh();
    this.onChange();
  }
}
