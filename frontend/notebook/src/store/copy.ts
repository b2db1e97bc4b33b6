/** What was about to be saved, kept in this tab until it is: a crash or a reload without a line loses nothing. */
import type { Boot, CellData, DraftCell } from "../types";
import { TabItem } from "./tab-item";

export interface Kept {
  revision: number; // of the server, that the text was written on
  cells: DraftCell[];
}

/** Nothing to be done where it cannot be kept: the server's copy is the one that counts. */
export function localCopy(boot: Boot, storage: Storage | null): TabItem<Kept> {
  return new TabItem(`kilohour.draft.${boot.learner}.${boot.exercise.slug}`, isKept, storage);
}

/** The notebook with a draft's texts in it: locked cells stay the server's, cells of the learner's own come and go. */
export function withDraft(cells: readonly CellData[], draft: readonly DraftCell[]): CellData[] {
  const known = new Map(cells.map((cell) => [cell.id, cell]));
  const drafted = new Set(draft.map((cell) => cell.id));
  const found = draft.flatMap((written): CellData[] => {
    const cell = known.get(written.id);
    if (cell) return [cell.role === "locked" ? cell : { ...cell, source: written.source }];
    if (!written.id.startsWith("x-")) return [];
    return [{ ...written, role: "extra", outputs: [], execution_count: null }];
  });
  const isFixed = (cell: CellData): boolean => cell.role !== "extra";
  const inOrder = found.filter(isFixed).map((cell) => cell.id).join("\n") === cells.filter(isFixed).map((cell) => cell.id).join("\n");
  if (inOrder) return found;
  // The exercise has changed in the meantime: its order counts, and the learner's own cells come last.
  const byId = new Map(found.map((cell) => [cell.id, cell]));
  const fixed = cells.filter(isFixed).map((cell) => byId.get(cell.id) ?? cell);
  const own = [...found, ...cells.filter((cell) => !drafted.has(cell.id))].filter((cell) => !isFixed(cell));
  return [...fixed, ...own];
}

/** Does the draft say the same as the notebook? */
export function isSame(cells: readonly DraftCell[], draft: readonly DraftCell[]): boolean {
  const say = (all: readonly DraftCell[]): string => JSON.stringify(all.map(({ id, type, source }) => [id, type, source]));
  return say(cells) === say(draft);
}

function isKept(value: unknown): value is Kept {
  const kept = value as Partial<Kept> | null;
  if (typeof kept?.revision !== "number" || !Array.isArray(kept.cells)) return false;
  return kept.cells.every(
    (cell) => ["code", "markdown"].includes(cell?.type) && typeof cell.id === "string" && typeof cell.source === "string",
  );
}
