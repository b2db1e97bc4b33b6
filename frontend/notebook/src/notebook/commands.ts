/** Everything that can be done with a cell or the notebook: its keys, its words, and what it does. */
import { gettext } from "../i18n";
import type { Cell } from "./cell";
import type { Notebook } from "./notebook";

export interface Command {
  name: string;
  words: string;
  /** As keyboard.ts spells them; two presses have a blank between. */
  keys: string[];
  /** Where the keys work: on a chosen cell only, or also while writing in it. */
  where: "cell" | "everywhere";
  /** In the menu of a cell; false hides it there. */
  inMenu?: boolean;
  can?(notebook: Notebook, cell: Cell): boolean;
  run(notebook: Notebook, cell: Cell): void;
}

/** In the order in which the help and the menus list them. */
export function commands(): Command[] {
  return [...running(), ...moving(), ...arranging(), ...asking()];
}

function running(): Command[] {
  return [
    {
      name: "run-next",
      words: gettext("Run the cell and go on to the next"),
      keys: ["Shift+Enter"],
      where: "everywhere",
      run: (notebook, cell) => notebook.runAndGoOn(cell),
    },
    {
      name: "run",
      words: gettext("Run the cell"),
      keys: ["Mod+Enter"],
      where: "everywhere",
      run: (notebook, cell) => notebook.runAndStay(cell),
    },
    {
      name: "run-insert",
      words: gettext("Run the cell and insert one below"),
      keys: ["Alt+Enter"],
      where: "everywhere",
      run: (notebook, cell) => notebook.runAndInsert(cell),
    },
    {
      name: "run-above",
      words: gettext("Run all cells above"),
      keys: [],
      where: "cell",
      inMenu: true,
      run: (notebook, cell) => void notebook.runner.runAbove(cell),
    },
    {
      name: "run-below",
      words: gettext("Run this cell and all below"),
      keys: [],
      where: "cell",
      inMenu: true,
      run: (notebook, cell) => void notebook.runner.runBelow(cell),
    },
    { name: "stop", words: gettext("Stop"), keys: ["i i"], where: "cell", run: (notebook) => notebook.runner.stop() },
    {
      name: "restart",
      words: gettext("Restart Python"),
      keys: ["0 0"],
      where: "cell",
      run: (notebook) => void notebook.runner.restart(),
    },
  ];
}

function moving(): Command[] {
  return [
    {
      name: "previous",
      words: gettext("Choose the cell above"),
      keys: ["ArrowUp", "k"],
      where: "cell",
      run: (notebook, cell) => notebook.step(cell, -1),
    },
    {
      name: "next",
      words: gettext("Choose the cell below"),
      keys: ["ArrowDown", "j"],
      where: "cell",
      run: (notebook, cell) => notebook.step(cell, 1),
    },
    {
      name: "edit",
      words: gettext("Write in the cell"),
      keys: ["Enter"],
      where: "cell",
      run: (_, cell) => cell.focus(),
    },
    {
      name: "leave",
      words: gettext("Leave the text, choose the cell"),
      keys: ["Escape"],
      where: "everywhere",
      run: (_, cell) => cell.leaveText(),
    },
  ];
}

function arranging(): Command[] {
  return [
    {
      name: "insert-above",
      words: gettext("Insert a cell above"),
      keys: ["a"],
      where: "cell",
      inMenu: true,
      run: ({ arrangement }, cell) => arrangement.insert(cell, "above", "code").select(),
    },
    {
      name: "insert-below",
      words: gettext("Insert a cell below"),
      keys: ["b"],
      where: "cell",
      inMenu: true,
      run: ({ arrangement }, cell) => arrangement.insert(cell, "below", "code").select(),
    },
    {
      name: "move-up",
      words: gettext("Move the cell up"),
      keys: ["Mod+Shift+ArrowUp"],
      where: "cell",
      inMenu: true,
      can: ({ arrangement }, cell) => arrangement.canMove(cell, -1),
      run: ({ arrangement }, cell) => arrangement.move(cell, -1),
    },
    {
      name: "move-down",
      words: gettext("Move the cell down"),
      keys: ["Mod+Shift+ArrowDown"],
      where: "cell",
      inMenu: true,
      can: ({ arrangement }, cell) => arrangement.canMove(cell, 1),
      run: ({ arrangement }, cell) => arrangement.move(cell, 1),
    },
    {
      name: "to-text",
      words: gettext("Make it a text cell"),
      keys: ["m"],
      where: "cell",
      inMenu: true,
      can: ({ arrangement }, cell) => arrangement.canChangeType(cell, "markdown"),
      run: ({ arrangement }, cell) => void arrangement.changeType(cell, "markdown"),
    },
    {
      name: "to-code",
      words: gettext("Make it a code cell"),
      keys: ["y"],
      where: "cell",
      inMenu: true,
      can: ({ arrangement }, cell) => arrangement.canChangeType(cell, "code"),
      run: ({ arrangement }, cell) => void arrangement.changeType(cell, "code"),
    },
    {
      name: "split",
      words: gettext("Split the cell at the cursor"),
      keys: ["Ctrl+Shift+-"],
      where: "everywhere",
      inMenu: true,
      can: ({ arrangement }, cell) => arrangement.canSplit(cell),
      run: ({ arrangement }, cell) => arrangement.split(cell)?.focus(),
    },
    {
      name: "merge",
      words: gettext("Merge with the cell below"),
      keys: ["Shift+m"],
      where: "cell",
      inMenu: true,
      can: ({ arrangement }, cell) => arrangement.canMerge(cell),
      run: ({ arrangement }, cell) => arrangement.merge(cell),
    },
    {
      name: "delete",
      words: gettext("Delete the cell"),
      keys: ["d d"],
      where: "cell",
      inMenu: true,
      can: ({ arrangement }, cell) => arrangement.canDelete(cell),
      run: ({ arrangement }, cell) => arrangement.delete(cell),
    },
    {
      name: "undo",
      words: gettext("Bring back a deleted cell"),
      keys: ["z"],
      where: "cell",
      inMenu: true,
      can: ({ arrangement }) => arrangement.canUndo,
      run: ({ arrangement }) => arrangement.undo(),
    },
  ];
}

function asking(): Command[] {
  return [
    {
      name: "inspect",
      words: gettext("Show documentation at the cursor"),
      keys: [],
      where: "cell",
      inMenu: true,
      can: (_, cell) => cell.type === "code" && cell.isEditable,
      run: (_, cell) => cell.inspect(),
    },
    {
      name: "clear",
      words: gettext("Clear the output"),
      keys: [],
      where: "cell",
      inMenu: true,
      can: (_, cell) => cell.toData().outputs.length > 0,
      run: (notebook, cell) => notebook.clearOutputs([cell]),
    },
    {
      name: "reset",
      words: gettext("Reset this cell"),
      keys: [],
      where: "cell",
      inMenu: true,
      can: (notebook, cell) => cell.role === "answer" && notebook.versions !== null,
      run: (notebook, cell) => void notebook.versions?.reset(cell),
    },
    {
      name: "save",
      words: gettext("Save now"),
      keys: ["Mod+s"],
      where: "everywhere",
      run: (notebook) => void notebook.versions?.save(),
    },
    {
      name: "help",
      words: gettext("Show these keys"),
      keys: ["h", "?"],
      where: "cell",
      run: (notebook) => notebook.help.open(),
    },
  ];
}
