import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { readTyped } from "../../src/notebook/typed";
import { cell } from "./fakes";

afterEach(() => document.body.replaceChildren());

function page(): { root: HTMLElement; area(name: string): HTMLTextAreaElement } {
  const root = document.createElement("div");
  root.innerHTML = `<textarea name="cell-a">old</textarea><textarea name="cell-b">same</textarea><textarea name="cell-c">x</textarea>
    <input type="hidden" name="extra-1-id" value="x-mine01"><textarea name="extra-1">own</textarea>`;
  document.body.append(root);
  return { root, area: (name) => root.querySelector(`textarea[name="${name}"]`) as HTMLTextAreaElement };
}

const CELLS = [
  cell("a", { role: "answer", source: "old" }),
  cell("b", { role: "answer", source: "same" }),
  cell("c", { role: "locked" }),
  cell("x-mine01", { source: "own" }),
];

test("what was typed before the script came is kept, in answers and in cells of one's own", () => {
  const { root, area } = page();
  assert.deepEqual(readTyped(root, CELLS), { cells: CELLS, isChanged: false, cursor: null });
  area("cell-a").value = "new";
  area("cell-c").value = "not mine";
  area("extra-1").value = "own, too";
  const typed = readTyped(root, CELLS);
  assert.equal(typed.isChanged, true);
  assert.deepEqual(typed.cells.map((one) => one.source), ["new", "same", "c", "own, too"]);
});

test("whoever is writing just then goes on where the cursor stands", () => {
  const { root, area } = page();
  area("extra-1").focus();
  area("extra-1").setSelectionRange(2, 2);
  assert.deepEqual(readTyped(root, CELLS).cursor, { cell: "x-mine01", offset: 2 });
});
