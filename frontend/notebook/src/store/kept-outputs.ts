/** What cells show and the server has not yet confirmed, kept in this tab: after a reload the page may be made before that is saved. */
import type { Boot, CellData } from "../types";
import type { Shown } from "./outputs";
import { TabItem } from "./tab-item";

/** By cell; `before` is the run that the server had shown until then. */
export type KeptOutputs = Record<string, { before: string; shown: Shown }>;

/** Nothing to be done where it cannot be kept: what counts is on the server, or can be run again. */
export function outputsCopy(boot: Pick<Boot, "learner" | "exercise">, storage: Storage | null): TabItem<KeptOutputs> {
  return new TabItem(`kilohour.outputs.${boot.learner}.${boot.exercise.slug}`, isKept, storage);
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

function isKept(value: unknown): value is KeptOutputs {
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value as Partial<KeptOutputs>).every(
    (one) => typeof one?.before === "string" && Array.isArray(one.shown?.outputs),
  );
}
