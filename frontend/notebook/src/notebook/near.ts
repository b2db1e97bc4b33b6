/** Wakes cells shortly before they come into view, a few at a time, so that the page never stands still. */
import type { Cell } from "./cell";

const MARGIN = "900px 0px";
const SLICE_MS = 12;

export class Near {
  readonly #cells = new Map<Element, Cell>();
  readonly #due = new Set<Cell>();
  #isPlanned = false;
  readonly #observer = new IntersectionObserver((entries) => this.#onSeen(entries), { rootMargin: MARGIN });

  watch(cell: Cell): void {
    this.#cells.set(cell.element, cell);
    this.#observer.observe(cell.element);
  }

  forget(cell: Cell): void {
    this.#observer.unobserve(cell.element);
    this.#cells.delete(cell.element);
    this.#due.delete(cell);
  }

  #onSeen(entries: IntersectionObserverEntry[]): void {
    for (const entry of entries) {
      const cell = this.#cells.get(entry.target);
      if (!cell || !entry.isIntersecting) continue;
      this.#observer.unobserve(entry.target);
      this.#due.add(cell);
    }
    this.#plan();
  }

  #plan(): void {
    if (this.#isPlanned || !this.#due.size) return;
    this.#isPlanned = true;
    setTimeout(() => {
      this.#isPlanned = false;
      const until = performance.now() + SLICE_MS;
      for (const cell of this.#due) {
        this.#due.delete(cell);
        cell.wake();
        if (performance.now() > until) break;
      }
      this.#plan();
    });
  }
}
