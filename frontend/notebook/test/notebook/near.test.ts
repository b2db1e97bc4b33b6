import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Cell } from "../../src/notebook/cell";
import { Near } from "../../src/notebook/near";

type Counted = Cell & { woken: number; dressed: number };
let see: (...cells: Cell[]) => void;
const Before = globalThis.IntersectionObserver;

beforeEach(() => {
  globalThis.IntersectionObserver = class {
    constructor(tell: (entries: object[]) => void) {
      see = (...cells) => tell(cells.map(({ element }) => ({ target: element, isIntersecting: true })));
    }
    observe(): void {}
    unobserve(): void {}
  } as unknown as typeof IntersectionObserver;
});

afterEach(() => {
  globalThis.IntersectionObserver = Before;
});

/** A cell that counts what is done with it. */
function counted(): Counted {
  const element = document.createElement("section");
  const cell = { element, woken: 0, dressed: 0, wake: () => (cell.woken += 1), dress: () => (cell.dressed += 1) };
  return cell as unknown as Counted;
}

const turn = (ms = 30) => new Promise((resolve) => setTimeout(resolve, ms));

test("what comes near is made, what is far is only dressed, later", async () => {
  const near = new Near();
  const [here, far] = [counted(), counted()];
  for (const cell of [here, far]) near.watch(cell);
  see(here);
  await turn();
  assert.deepEqual([here.woken, far.woken, far.dressed], [1, 0, 0]);
  await turn(700);
  assert.deepEqual([far.woken, far.dressed, here.dressed], [0, 1, 0]);
});

test("making many goes on later, so that the page is drawn in between", async () => {
  const near = new Near();
  const cells = [counted(), counted(), counted()];
  const slow = cells[0]!;
  let next = 0;
  slow.wake = () => {
    slow.woken += 1;
    const until = performance.now() + 20;
    while (performance.now() < until);
    setTimeout(() => (next = cells[1]!.woken));
  };
  for (const cell of cells) near.watch(cell);
  see(...cells);
  for (let turns = 0; turns < 200 && cells.some((cell) => !cell.woken); turns += 1) await turn(10);
  assert.deepEqual(cells.map((cell) => cell.woken), [1, 1, 1]);
  assert.equal(next, 0, "something else had its turn after the slow one");
});
