/** What the menus of a cell and of the notebook offer. */
import { gettext } from "../i18n";
import type { Cell } from "./cell";
import type { Command } from "./commands";
import { keyText } from "./help";
import type { MenuItem } from "./menu";
import type { Notebook } from "./notebook";

export function cellMenu(notebook: Notebook, commands: readonly Command[], cell: Cell): MenuItem[] {
  return commands
    .filter((command) => command.inMenu && (command.can?.(notebook, cell) ?? true))
    .map((command) => ({
      words: command.words,
      keys: keyText(command.keys[0] ?? ""),
      act: () => command.run(notebook, cell),
    }));
}

export function notebookMenu(notebook: Notebook): MenuItem[] {
  const { versions, runner } = notebook;
  const items: MenuItem[] = [
    { words: gettext("Restart and run all"), act: () => void runner.restartAndRunAll() },
    { words: gettext("Clear all outputs"), act: () => notebook.clearOutputs() },
  ];
  if (!versions) return items;
  return [
    ...items,
    { words: gettext("Save now"), keys: keyText("Mod+s"), act: () => void versions.save() },
    { words: gettext("Download as .ipynb"), act: () => void versions.download() },
    { words: gettext("History of this text"), act: () => void versions.openHistory() },
    { words: gettext("Reset the whole exercise"), act: () => void versions.reset() },
  ];
}
