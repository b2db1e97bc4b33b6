import assert from "node:assert/strict";
import { test } from "node:test";
import { withTyped } from "../../src/notebook/typed";
import { cell } from "./fakes";

test("what was typed before the script came is kept, in answers only", () => {
  const root = document.createElement("div");
  root.innerHTML = '<textarea name="cell-a">old</textarea><textarea name="cell-b">same</textarea><textarea name="cell-c">x</textarea>';
  const cells = ["a", "b"].map((id) => cell(id, { role: "answer" })).concat(cell("c", { role: "locked" }));
  assert.equal(withTyped(root, cells).isChanged, false);
  const [first, , third] = root.querySelectorAll("textarea");
  (first as HTMLTextAreaElement).value = "new";
  (third as HTMLTextAreaElement).value = "not mine";
  const typed = withTyped(root, cells);
  assert.deepEqual([typed.isChanged, typed.cells.map((one) => one.source)], [true, ["new", "b", "c"]]);
});
