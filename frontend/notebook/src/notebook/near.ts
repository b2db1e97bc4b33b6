/** Wakes cells shortly before they come into view and dresses the others, a few at a time, so that the page never stands still. */
import type { Cell } from "./cell";

const MARGIN = 900; // px
const SLICE_MS = 12;
const DRESS_AFTER_MS = 500;

export class Near {
  readonly #cells = new Map<Element, Cell>();
  readonly #toWake = new Set<Cell>();
  readonly #toDress = new Set<Cell>();
  #isPlanned = false;
  #dressing: ReturnType<typeof setTimeout> | undefined;
  #mayDress = false;
  readonly #observer = new IntersectionObserver((entries) => this.#onSeen(entries), { rootMargin: `${MARGIN}px 0px` });

  watch(cell: Cell): void {
    this.#cells.set(cell.element, cell);
    this.#observer.observe(cell.element);
    this.#toDress.add(cell);
    this.#dressing ??= setTimeout(() => {
      this.#mayDress = true;
      this.#plan();
    }, DRESS_AFTER_MS);
  }

  forget(cell: Cell): void {
    this.#observer.unobserve(cell.element);
    this.#cells.delete(cell.element);
    this.#toWake.delete(cell);
    this.#toDress.delete(cell);
  }

  #take(cell: Cell): void {
    this.#observer.unobserve(cell.element);
    this.#toDress.delete(cell);
    this.#toWake.add(cell);
  }

  #onSeen(entries: IntersectionObserverEntry[]): void {
    for (const entry of entries) {
      const cell = this.#cells.get(entry.target);
      if (!cell || !entry.isIntersecting) continue;
      this.#take(cell);
    }
    if (this.#toWake.size) this.#plan();
  }

  #plan(): void {
    const left = this.#toWake.size + (this.#mayDress ? this.#toDress.size : 0);
    if (this.#isPlanned || !left) return;
    this.#isPlanned = true;
    setTimeout(() => {
      this.#isPlanned = false;
      this.#work(performance.now() + SLICE_MS);
      this.#plan();
    });
  }

  /** Until that time; whether nothing is left. */
  #wake(until: number): boolean {
    for (const cell of this.#toWake) {
      this.#toWake.delete(cell);
      cell.wake();
      if (performance.now() > until) return !this.#toWake.size;
    }
    return true;
  }

  #work(until: number): void {
    if (!this.#wake(until) || !this.#mayDress) return;
    for (const cell of this.#toDress) {
      this.#toDress.delete(cell);
      cell.dress();
      if (performance.now() > until) return;
    }
  }
}
