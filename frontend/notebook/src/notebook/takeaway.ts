/** The notebook as a file, made of what stands on the page: for when the server cannot be reached. */
import type { CellView } from "../types";

/** nbformat 4.5 (nbformat.readthedocs.io, "The Notebook file format"), as Jupyter writes it. */
export function asNotebook(cells: readonly CellView[]): string {
  const made = cells.map((cell) => {
    const { id, type, source, outputs, execution_count } = cell.toData();
    const common = { cell_type: type, id, metadata: {}, source };
    return type === "code" ? { ...common, execution_count, outputs } : common;
  });
  const kernelspec = { display_name: "Python 3", language: "python", name: "python3" };
  return JSON.stringify({ cells: made, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }, null, 1);
}

/** Has the browser keep it. */
export function offer(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}
