/** What was typed into the server's plain fields before this script had come, and where the cursor stands in them. */
import type { CellData } from "../types";

export interface Typed {
  cells: CellData[]; // with that text in them
  isChanged: boolean;
  /** Where somebody is writing just now; an offset in UTF-16 units. */
  cursor: { cell: string; offset: number } | null;
}

export function readTyped(root: HTMLElement, cells: readonly CellData[]): Typed {
  const typed = new Map<string, string>();
  let cursor: Typed["cursor"] = null;
  for (const area of root.querySelectorAll("textarea")) {
    const cell = cellOf(root, area.name);
    if (cell === undefined) continue;
    if (area.value !== area.defaultValue) typed.set(cell, area.value);
    if (area === document.activeElement) cursor = { cell, offset: area.selectionEnd };
  }
  return {
    cells: cells.map((cell) => {
      const source = cell.role === "locked" ? undefined : typed.get(cell.id);
      return source === undefined ? cell : { ...cell, source };
    }),
    isChanged: typed.size > 0,
    cursor,
  };
}

/** Answers are named `cell-ID`; learners' own cells `extra-3`, and `extra-3-id` holds their id. */
function cellOf(root: HTMLElement, name: string): string | undefined {
  if (name.startsWith("cell-")) return name.slice("cell-".length);
  return root.querySelector<HTMLInputElement>(`input[name="${name}-id"]`)?.value;
}
