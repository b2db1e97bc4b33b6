/** What cells show and the server has not yet confirmed, kept in this tab: after a reload the page may be made before that is saved. */
import type { Boot, CellData } from "../types";
import type { Shown } from "./outputs";
import { TabItem } from "./tab-item";

/** By cell; `before` is the run that the server had shown until then. */
export type KeptOutputs = Record<string, { before: string; shown: Shown }>;

interface OfExercise {
  exercise: string; // its slug
  cells: KeptOutputs;
}

const MOST_CHARACTERS = 1024 * 1024; // a tab's storage takes five times that, and texts come first

/** Nothing to be done where it cannot be kept: what counts is on the server, or can be run again. */
export class OutputsCopy {
  private readonly exercise: string;
  private readonly item: TabItem<OfExercise>;

  constructor({ learner, exercise }: Pick<Boot, "learner" | "exercise">, storage: Storage | null) {
    this.exercise = exercise.slug;
    // One for all exercises: it is of use to the next page alone.
    this.item = new TabItem(`kilohour.outputs.${learner}`, isKept, storage);
  }

  keep(cells: KeptOutputs): void {
    if (JSON.stringify(cells).length <= MOST_CHARACTERS) this.item.keep({ exercise: this.exercise, cells });
    else this.forget();
  }

  forget(): void {
    this.item.forget();
  }

  read(): KeptOutputs | null {
    const kept = this.item.read();
    return kept?.exercise === this.exercise ? kept.cells : null;
  }
}

/** Tells runs of one cell apart. */
export function runOf({ execution_count, ran }: Omit<Shown, "outputs">): string {
  return `${execution_count ?? ""} ${ran ?? ""}`;
}

/** The cells with what the tab kept of them, unless the server has heard of another run since. */
export function withOutputs(cells: readonly CellData[], kept: KeptOutputs | null): CellData[] {
  return cells.map((cell) => {
    const found = cell.type === "code" ? kept?.[cell.id] : undefined;
    return found?.before === runOf(cell) ? { ...cell, ...found.shown } : cell;
  });
}

function isKept(value: unknown): value is OfExercise {
  const { exercise, cells } = (value ?? {}) as Partial<OfExercise>;
  if (typeof exercise !== "string" || typeof cells !== "object" || cells === null) return false;
  return Object.values(cells as Partial<KeptOutputs>).every(
    (one) => typeof one?.before === "string" && Array.isArray(one.shown?.outputs),
  );
}
