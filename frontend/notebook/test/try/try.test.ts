import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { LessonCells } from "../../src/try/cells";
import { FakeKernel } from "../notebook/fakes";

const turn = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
const boot = {
  limits: { cell_seconds: 20, memory_mb: 2048 },
  urls: { kernel: "/kernel/lessons/a/b/", login: "/account/login/", script_frame: "/notebook/frame/" },
};
let kernel: FakeKernel;
let cells: LessonCells;

function block(number: number, code: string): string {
  return `<div class="try" id="try-${number}" role="group" aria-label="Code to try" data-try hx-disable>
    <p class="try-head"><button data-try-start>Try it</button></p><pre><code>${code}\n</code></pre></div>`;
}

beforeEach(() => {
  document.body.innerHTML = block(1, "x = 1") + block(2, "if x &lt; <b>2</b>:\n    print(x)");
  kernel = new FakeKernel();
  cells = new LessonCells(boot, [...document.querySelectorAll<HTMLElement>("[data-try]")], kernel.asKernel);
});

// A cell that runs on would count its seconds for ever.
afterEach(() => {
  for (const run of kernel.runs) run.end({ status: "aborted" });
});

const at = (number: number) => document.getElementById(`try-${number}`) as HTMLElement;
const button = (number: number, name: string) =>
  [...at(number).querySelectorAll<HTMLButtonElement>("button")].find((one) => (one.getAttribute("aria-label") ?? one.textContent) === name);

async function live(number: number): Promise<void> {
  cells.bringToLife(at(number));
  await turn();
}

test("a block becomes a cell that runs what the lesson says, and nothing starts before", async () => {
  assert.equal(kernel.state, "off");
  await live(2);
  await turn(200); // in a moment it shows
  assert.equal(kernel.last.code, "if x < 2:\n    print(x)");
  assert.equal(at(2).querySelector("[data-try-start]"), null);
  assert.equal(at(2).querySelector(".nb-cell")?.getAttribute("aria-label"), "Code cell 2 of 2, running");
  assert.equal(at(1).querySelector("pre")?.textContent, "x = 1\n");
  assert.equal(document.activeElement, button(2, "Stop cell 2"));
  for (const name of ["role", "aria-label"]) assert.ok(!at(2).hasAttribute(name));
});

test("cells run in any order in one kernel, one after the other", async () => {
  await live(2);
  await live(1);
  assert.equal(kernel.runs.length, 1);
  kernel.runs[0]!.end({});
  await turn();
  assert.equal(kernel.last.code, "x = 1");
  kernel.last.end({ executionCount: 2 });
  await turn();
  assert.equal(cells.list.map((cell) => cell.state).join(), "ok,ok");
});

test("the button stops what runs", async () => {
  await live(1);
  await turn(200);
  button(1, "Stop cell 1")!.click();
  await turn();
  assert.equal(kernel.interrupts, 1);
});

test("what was changed can be taken back to the original", async () => {
  await live(1);
  kernel.last.end({});
  await turn();
  assert.ok(button(1, "Reset")!.hidden);
  const cell = cells.list[0]!;
  cell.setSource("x = 5");
  assert.ok(!button(1, "Reset")!.hidden);
  assert.ok(!at(1).querySelector<HTMLElement>(".try-note")!.hidden);
  assert.equal(cell.state, "changed");
  button(1, "Reset")!.focus();
  button(1, "Reset")!.click();
  assert.equal(cell.source, "x = 1");
  assert.ok(button(1, "Reset")!.hidden);
  assert.equal(document.activeElement, cell.element);
});

test("Enter writes, Shift+Enter runs and stays, Escape leaves the text", async () => {
  await live(1);
  kernel.last.end({});
  await turn();
  const cell = cells.list[0]!;
  const press = (key: string, more: KeyboardEventInit = {}) =>
    document.activeElement!.dispatchEvent(new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  cell.select();
  press("Enter");
  assert.ok(document.activeElement?.classList.contains("cm-content"));
  press("Enter", { shiftKey: true, keyCode: 13 } as KeyboardEventInit);
  await turn();
  assert.equal(kernel.runs.length, 2);
  assert.ok(document.activeElement?.classList.contains("cm-content"));
  press("Escape", { keyCode: 27 } as KeyboardEventInit);
  assert.equal(document.activeElement, cell.element);
});

test("a failure frees the queue, and a restart makes results old", async () => {
  await live(1);
  await live(2);
  kernel.runs[0]!.handlers.onOutput({ output_type: "error", ename: "NameError", evalue: "x", traceback: ["NameError: x"] });
  kernel.runs[0]!.end({ status: "error" });
  await turn();
  assert.equal(cells.list.map((cell) => cell.state).join(), "failed,not-run");
  button(1, "More about this cell")!.click();
  const items = [...document.querySelectorAll<HTMLElement>("[role=menuitem]")];
  assert.deepEqual(items.map((item) => item.textContent), ["Clear the output", "Restart Python"]);
  items[1]!.click();
  await turn();
  assert.equal(kernel.restarts, 1);
  assert.equal(cells.list[0]!.state, "earlier");
});

test("what happens to Python is told above the cell that was used last", async () => {
  await live(1);
  kernel.become("waiting", { place: 3 });
  assert.match(at(1).textContent!, /You are number 3 in the queue/);
  kernel.become("stopped", { reason: "idle" });
  assert.match(at(1).querySelector("[data-banner=kernel]")!.textContent!, /Python was stopped/);
});
