/** What was typed into the server's plain fields before this script had come. */
import type { CellData } from "../types";

/** The cells with that text in them, and whether there was any. */
export function withTyped(root: HTMLElement, cells: readonly CellData[]): { cells: CellData[]; isChanged: boolean } {
  const typed = new Map<string, string>();
  for (const area of root.querySelectorAll<HTMLTextAreaElement>('textarea[name^="cell-"]')) {
    if (area.value !== area.defaultValue) typed.set(area.name.slice("cell-".length), area.value);
  }
  return {
    cells: cells.map((cell) => {
      const source = cell.role === "answer" ? typed.get(cell.id) : undefined;
      return source === undefined ? cell : { ...cell, source };
    }),
    isChanged: typed.size > 0,
  };
}
