import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cell } from "../../src/notebook/cell";
import { Near } from "../../src/notebook/near";

/** A cell that counts what is done with it, at that place of the window. */
function cellAt(top: number, height = 100): Cell & { woken: number; dressed: number } {
  const element = document.createElement("section");
  element.getBoundingClientRect = () => ({ top, bottom: top + height }) as DOMRect;
  const cell = { element, woken: 0, dressed: 0, wake: () => (cell.woken += 1), dress: () => (cell.dressed += 1) };
  return cell as unknown as Cell & { woken: number; dressed: number };
}

test("what is near is made at once, what is far waits, what is not shown too", () => {
  const near = new Near();
  const [here, below, far, hidden] = [cellAt(10), cellAt(1500), cellAt(20_000), cellAt(10, 0)];
  for (const cell of [here, below, far, hidden]) near.watch(cell);
  near.look();
  assert.deepEqual([here, below, far, hidden].map((cell) => cell.woken), [1, 1, 0, 0]);
  assert.equal(far.dressed, 0);
});

test("making many goes on later, so that the page is drawn in between", async () => {
  const near = new Near();
  const cells = [cellAt(0), cellAt(100), cellAt(200)];
  const slow = cells[0]!;
  slow.wake = () => {
    slow.woken += 1;
    const until = performance.now() + 20;
    while (performance.now() < until);
  };
  for (const cell of cells) near.watch(cell);
  near.look();
  assert.deepEqual(cells.map((cell) => cell.woken), [1, 0, 0]);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.deepEqual(cells.map((cell) => cell.woken), [1, 1, 1]);
});
