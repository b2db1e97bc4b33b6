/** Focus and keys in the notebook, turned into what they mean. */
import type { Cell } from "./cell";
import type { Cells } from "./cells";
import type { Command } from "./commands";
import { Keyboard, spell } from "./keyboard";

const SAVE = "save"; // works wherever the focus is
const SAVE_KEYS = "Mod+s";

export function listen(root: HTMLElement, cells: Cells, commands: readonly Command[], run: (command: Command, cell: Cell) => void): void {
  const keyboard = new Keyboard(commands);
  const cellOf = (target: EventTarget | null): Cell | undefined => {
    const found = target instanceof Element ? target.closest(".nb-cell") : null;
    return found ? cells.list.find((cell) => cell.element === found) : undefined;
  };
  cells.element.addEventListener("focusin", (event) => {
    const cell = cellOf(event.target);
    if (!cell) return;
    cells.choose(cell);
    cell.wake();
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || !root.isConnected) return;
    const isHere = event.target instanceof Node && root.contains(event.target);
    if (!isHere && spell(event) !== SAVE_KEYS) return;
    const inside = cellOf(event.target);
    const cell = inside ?? cells.chosen;
    if (!cell) return;
    const isCell = event.target === cell.element;
    const command = keyboard.press(spell(event), isCell);
    if (!command) return;
    // Fields of outputs, checks and files keep their keys.
    if (command.name !== SAVE && !isCell && !(inside && isOfText(event.target))) return;
    event.preventDefault();
    run(command, cell);
  });
}

function isOfText(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(".nb-head, .cm-editor") !== null;
}
