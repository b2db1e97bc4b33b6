import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { createNotebook, type Notebook } from "../../src/notebook/notebook";
import type { CellData } from "../../src/types";
import { boot, cell, FakeKernel, FakeStore } from "./fakes";

const turn = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
const moment = () => turn(200); // after which it shows that something runs
let kernel: FakeKernel;
let store: FakeStore;
let notebook: Notebook;

const START: CellData[] = [
  cell("intro", { type: "markdown", role: "locked", source: "# Hi", html: "<h2>Hi</h2>" }),
  cell("setup", { role: "locked", source: "import numpy" }),
  cell("answer", { role: "answer", number: 1, source: "x = 1", starter: "x = ..." }),
  cell("x-aaaaaa", { source: "one\ntwo" }),
  cell("x-bbbbbb", { source: "three" }),
];

beforeEach(() => {
  document.body.innerHTML = '<div id="notebook"><form>server</form></div>';
  open(START);
});

// A cell that runs on would count its seconds for ever.
afterEach(() => {
  for (const run of kernel.runs) run.end({ status: "aborted" });
});

function open(cells: CellData[]): void {
  kernel = new FakeKernel();
  store = new FakeStore();
  const root = document.getElementById("notebook") as HTMLElement;
  notebook = createNotebook(root, boot(cells), kernel.asKernel);
  notebook.useStore(store.asStore);
}

const order = () => notebook.cells.map((one) => one.source);
const label = (id: string) => document.getElementById(`cell-${id}`)?.getAttribute("aria-label");
const focused = () => (document.activeElement as HTMLElement).id.replace("cell-", "");

function press(...keys: (string | KeyboardEventInit)[]): void {
  for (const key of keys) {
    const init = typeof key === "string" ? { key } : key;
    document.activeElement?.dispatchEvent(new window.KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }));
  }
}

function choose(id: string): void {
  document.getElementById(`cell-${id}`)?.focus();
}

test("the server's rendering is taken over, and htmx kept out", () => {
  assert.equal(notebook.element.querySelector("form"), null);
  assert.ok(notebook.element.hasAttribute("hx-disable"));
  assert.equal(document.querySelector("#cell-intro h2")?.textContent, "Hi");
  assert.equal(label("answer"), "Code cell 3 of 5, graded, not run");
});

test("one cell is the list's only stop of the Tab key", () => {
  const stops = () => notebook.cells.filter((one) => one.element.tabIndex === 0).map((one) => one.id);
  assert.deepEqual(stops(), ["intro"]);
  choose("answer");
  assert.deepEqual(stops(), ["answer"]);
  const others = document.querySelectorAll<HTMLElement>(".nb-cell:not(#cell-answer) .nb-head button");
  assert.ok([...others].every((one) => one.tabIndex === -1));
});

test("a notice of ours stays in view although nothing of it is kept", async () => {
  choose("answer");
  press({ key: "Enter", ctrlKey: true });
  await turn();
  const metadata = { kilohour: { notice: "cut" } };
  kernel.last.handlers.onOutput({ output_type: "stream", name: "stdout", text: "", metadata } as never);
  kernel.last.end({});
  await turn();
  const outputs = document.querySelector<HTMLElement>("#cell-answer .nb-outputs");
  assert.equal(outputs?.hidden, false);
  assert.match(outputs?.textContent ?? "", /printed too much/);
});

test("Shift+Enter runs and goes on; the end is told", async () => {
  choose("answer");
  press({ key: "Enter", shiftKey: true });
  assert.equal(focused(), "x-aaaaaa");
  await turn();
  assert.equal(label("answer"), "Code cell 3 of 5, graded, not run", "nothing flickers");
  await moment();
  assert.equal(label("answer"), "Code cell 3 of 5, graded, running");
  kernel.last.end({ executionCount: 7 });
  await turn(200);
  assert.equal(label("answer"), "Code cell 3 of 5, graded, run 7, finished");
  assert.match(document.querySelector("#notebook > [role=status]")?.textContent ?? "", /Cell 3 finished/);
  assert.deepEqual(store.calls.slice(-2), ["outputs", "settled"]);
});

test("Run all stops at an error and empties the queue", async () => {
  const done = notebook.runAll();
  await turn();
  kernel.last.end({});
  await moment();
  assert.equal(label("x-aaaaaa"), "Code cell 4 of 5, waiting");
  kernel.last.handlers.onOutput({ output_type: "error", ename: "NameError", evalue: "x", traceback: [] });
  kernel.last.end({ status: "error" });
  assert.equal(await done, false);
  assert.match(label("answer") ?? "", /failed$/);
  assert.equal(label("x-aaaaaa"), "Code cell 4 of 5, not run");
  assert.equal(kernel.runs.length, 2);
});

test("I I interrupts, a letter elsewhere does nothing", async () => {
  choose("answer");
  press({ key: "Enter", ctrlKey: true });
  await turn();
  press("i", "i");
  assert.equal(kernel.interrupts, 1);
  document.querySelector<HTMLElement>("#cell-answer .nb-run")?.focus();
  press("i", "i");
  assert.equal(kernel.interrupts, 1);
});

test("the button of a waiting cell takes it out, that of a running one interrupts", async () => {
  void notebook.runAll();
  await moment();
  const run = (id: string) => document.querySelector<HTMLElement>(`#cell-${id} .nb-run`);
  assert.equal(run("answer")?.getAttribute("aria-label"), "Stop cell 3");
  run("answer")?.click();
  assert.equal(label("answer"), "Code cell 3 of 5, graded, not run");
  run("setup")?.click();
  assert.equal(kernel.interrupts, 1);
});

test("0 0 restarts at once when nothing runs; counts go, results stay", async () => {
  choose("answer");
  press({ key: "Enter", ctrlKey: true });
  await turn();
  kernel.last.end({ executionCount: 1 });
  await turn();
  press("0", "0");
  await turn();
  assert.equal(kernel.restarts, 1);
  assert.equal(label("answer"), "Code cell 3 of 5, graded, from an earlier session");
});

test("insert, delete and bring back", () => {
  choose("x-aaaaaa");
  press("b");
  assert.deepEqual(order().slice(3), ["one\ntwo", "", "three"]);
  assert.match(notebook.cells[4]?.id ?? "", /^x-[a-z0-9]{6,32}$/);
  press("a");
  assert.equal(notebook.cells.length, 7);
  press("d", "d", "d", "d");
  assert.equal(notebook.cells.length, 5);
  choose("x-aaaaaa");
  press("d", "d");
  assert.deepEqual(order().slice(3), ["three"]);
  press("z");
  assert.deepEqual(order().slice(3), ["one\ntwo", "three"]);
  assert.equal(focused(), "x-aaaaaa");
  assert.ok(store.calls.includes("changed"));
});

test("locked cells and answers cannot be deleted, moved or made text", () => {
  for (const id of ["intro", "setup", "answer"]) {
    choose(id);
    press("d", "d", "m", "y", { key: "ArrowDown", ctrlKey: true, shiftKey: true });
  }
  assert.deepEqual(
    notebook.cells.map((one) => [one.id, one.type]),
    START.map((one) => [one.id, one.type]),
  );
  assert.equal(document.querySelector("#cell-setup .cm-editor"), null);
});

test("move, merge, take the merge back", () => {
  choose("x-bbbbbb");
  press({ key: "ArrowUp", ctrlKey: true, shiftKey: true });
  assert.deepEqual(order().slice(3), ["three", "one\ntwo"]);
  press({ key: "M", shiftKey: true });
  assert.deepEqual(order().slice(3), ["three\none\ntwo"]);
  press("z");
  assert.deepEqual(order().slice(3), ["three", "one\ntwo"]);
});

test("split at the cursor", () => {
  const target = notebook.cells[3];
  target?.focus(2);
  press({ key: "_", code: "Minus", keyCode: 189, ctrlKey: true, shiftKey: true });
  assert.deepEqual(order().slice(3), ["one", "two", "three"]);
});

test("M makes it text, Y makes it code again", () => {
  choose("x-bbbbbb");
  press("m");
  assert.equal(notebook.cell("x-bbbbbb")?.type, "markdown");
  assert.equal(focused(), "x-bbbbbb");
  press("y");
  assert.equal(notebook.cell("x-bbbbbb")?.type, "code");
  assert.deepEqual(notebook.draft()[4], { id: "x-bbbbbb", type: "code", source: "three" });
});

test("a kernel that dies says why, until the next run", () => {
  kernel.become("dead", { reason: "memory" });
  assert.match(document.querySelector("[data-banner=kernel]")?.textContent ?? "", /512 MB/);
  kernel.become("ready");
  assert.match(document.querySelector("[data-banner=kernel]")?.textContent ?? "", /512 MB/);
  kernel.become("busy");
  kernel.become("ready");
  assert.equal(document.querySelector("[data-banner=kernel]"), null);
});

test("a conflict lets the learner choose", () => {
  store.become("conflict");
  const buttons = [...document.querySelectorAll<HTMLElement>("[data-banner=save] .is-small")];
  assert.deepEqual(buttons.map((one) => one.textContent), ["Load that version", "Keep mine"]);
  for (const one of buttons) one.click();
  assert.deepEqual(store.calls.slice(-2), ["theirs", "mine"]);
});

test("another version keeps the cells that are the same, and can be undone", () => {
  const before = notebook.cell("answer");
  store.replace({ ...boot([...START.slice(0, 2), { ...(START[2] as CellData), source: "x = 2" }]), undo: 5 });
  assert.equal(notebook.cell("answer"), before);
  assert.deepEqual(order().slice(2), ["x = 2"]);
  document.querySelector<HTMLElement>("[data-banner=replaced] .is-small")?.click();
  assert.ok(store.calls.includes("restore 5"));
});

test("results of a kernel that is still there are no earlier session's", async () => {
  open([cell("answer", { role: "answer", source: "1", execution_count: 4 }), cell("x-cccccc")]);
  assert.match(label("answer") ?? "", /earlier/);
  kernel.isFresh = false;
  choose("x-cccccc");
  press({ key: "Enter", ctrlKey: true });
  await turn(5);
  assert.equal(label("answer"), "Code cell 1 of 2, graded, run 4, finished");
});

test("what a cell gave is what is kept", async () => {
  choose("answer");
  press({ key: "Enter", ctrlKey: true });
  await turn();
  kernel.last.handlers.onOutput({ output_type: "stream", name: "stdout", text: "hello\n" });
  kernel.last.end({ executionCount: 2 });
  await turn();
  const kept = notebook.outputs()["answer"];
  assert.equal(kept?.execution_count, 2);
  assert.equal(kept?.outputs[0]?.text, "hello\n");
});

test("a cell that is deleted, or becomes text, before its turn does not run unseen", async () => {
  void notebook.runAll();
  await turn();
  choose("x-aaaaaa");
  press("d", "d");
  choose("x-bbbbbb");
  press("m");
  for (let ended = 0; ended < kernel.runs.length; ended += 1) {
    kernel.last.end({});
    await turn();
  }
  assert.deepEqual(kernel.runs.map((run) => run.code), ["import numpy", "x = 1"]);
});

test("a cell that is deleted while it runs is stopped, and nobody hears of a cell 0", async () => {
  choose("x-aaaaaa");
  press({ key: "Enter", ctrlKey: true });
  await turn();
  press("d", "d");
  assert.equal(kernel.interrupts, 1);
  kernel.last.end({ status: "error" });
  await turn(200);
  assert.doesNotMatch(document.querySelector("#notebook > [role=status]")?.textContent ?? "", /Cell 0/);
});

test("the cursor goes where somebody was writing when the notebook came", () => {
  notebook.cell("answer")?.focusAt(3);
  assert.ok(document.activeElement?.closest("#cell-answer .cm-content"));
  assert.equal((notebook.cells[2] as unknown as { cursor: number }).cursor, 3);
});

test("Undo brings back what the last reset replaced, also when its words are the same as before", () => {
  for (const version of [5, 7]) store.replace({ ...boot(START), undo: version });
  const undo = document.querySelector<HTMLElement>("[data-banner=replaced] .is-small");
  undo?.focus();
  undo?.click();
  assert.ok(store.calls.includes("restore 7"));
  store.replace(boot(START));
  assert.ok(document.querySelector("[data-banner=replaced]")?.contains(document.activeElement), "the focus stays with the message");
  document.querySelector<HTMLElement>("[data-banner=replaced] [aria-label='Close this message']")?.click();
  assert.equal(focused(), "intro", "and goes to the chosen cell when that is closed");
});

test("a deleted cell comes back after another one was reset, a split does not write over new text", () => {
  choose("x-bbbbbb");
  press("d", "d");
  store.replace(boot(START.slice(0, 4)));
  press("z");
  assert.deepEqual(order().slice(3), ["one\ntwo", "three"]);
  notebook.arrangement.split(notebook.cells[3] as never);
  store.replace(boot(START));
  press("z");
  assert.deepEqual(order().slice(3), ["one\ntwo", "three"]);
});

test("Ctrl+S saves wherever the focus is, other keys outside the notebook do nothing", () => {
  const outside = document.createElement("button");
  document.body.append(outside);
  outside.focus();
  press("d", "d", { key: "s", ctrlKey: true });
  assert.deepEqual([store.calls.includes("save"), notebook.cells.length], [true, 5]);
});

test("without a line the download is made of what stands on the page", async () => {
  store.canSave = false;
  const offered: Blob[] = [];
  URL.createObjectURL = (blob) => `blob:${offered.push(blob as Blob)}`;
  URL.revokeObjectURL = () => {};
  await notebook.versions?.download();
  const reader = new FileReader();
  reader.readAsText(offered[0]!);
  await new Promise((resolve) => (reader.onload = resolve));
  const file = JSON.parse(String(reader.result));
  assert.deepEqual([file.nbformat, file.cells.length], [4, 5]);
  assert.deepEqual(file.cells[2], { cell_type: "code", id: "answer", metadata: {}, source: "x = 1", execution_count: null, outputs: [] });
  assert.deepEqual(Object.keys(file.cells[0]), ["cell_type", "id", "metadata", "source"]);
  assert.match(document.querySelector("[data-banner=download]")?.textContent ?? "", /could not be saved/);
});

test("what was written is saved before the page around the notebook replaces it", async () => {
  const link = document.createElement("a");
  link.href = "/exercises/la-trace/history/";
  const form = document.createElement("form");
  form.className = "with-script";
  let sent = 0;
  form.submit = () => void (sent += 1);
  document.body.append(link, form);
  form.dispatchEvent(new window.Event("submit", { bubbles: true, cancelable: true }));
  assert.deepEqual([store.calls.includes("save"), sent], [true, 0]);
  await turn();
  assert.equal(sent, 1);
  store.calls.length = 0;
  link.dispatchEvent(new window.MouseEvent("click", { bubbles: true, cancelable: true }));
  assert.ok(store.calls.includes("save"));
});

test("where Stop is not heeded, a restart is offered, which asks no more", async (context) => {
  choose("answer");
  press({ key: "Enter", ctrlKey: true });
  await turn();
  context.mock.timers.enable({ apis: ["setTimeout"] });
  press("i", "i");
  context.mock.timers.tick(4000);
  assert.equal(document.querySelector("[data-banner=deaf]"), null);
  context.mock.timers.tick(2000);
  context.mock.timers.reset();
  document.querySelector<HTMLElement>("[data-banner=deaf] .is-small")?.click();
  await turn();
  assert.equal(kernel.restarts, 1);
  kernel.last.end({ status: "lost" });
  await turn();
  assert.equal(document.querySelector("[data-banner=deaf]"), null);
});

test("a run that was under way when the page was left is gone on with, once", async () => {
  const run = notebook.runner.run([notebook.cells[3] as any]);
  await turn();
  kernel.last.handlers.onSent?.("request-1");
  kernel.last.handlers.onOutput({ output_type: "stream", name: "stdout", text: "old" });
  const before = { execution_count: 1, outputs: [{ output_type: "stream", name: "stdout", text: "before" }] };
  open(START.map((one) => (one.id === "answer" ? { ...one, ...before } : one)) as CellData[]); // the page is loaded again
  notebook.goOn();
  await turn();
  assert.equal(kernel.last.code, "request-1");
  kernel.last.handlers.onAgain?.(60);
  await moment();
  assert.equal(label("x-aaaaaa"), "Code cell 4 of 5, running");
  assert.match(label("answer")!, /run 1, finished/);
  kernel.last.handlers.onOutput({ output_type: "stream", name: "stdout", text: "new" });
  (notebook.cells[3] as any).setSource("changed meanwhile");
  kernel.last.end({ executionCount: 7 });
  await moment();
  assert.match(document.getElementById("cell-x-aaaaaa")!.textContent!, /new/);
  assert.match(label("x-aaaaaa")!, /changed/);
  open(START);
  notebook.goOn();
  await turn();
  assert.equal(kernel.runs.length, 0);
  void run;
});

test("one that nobody knows any more leaves what was saved", async () => {
  void notebook.runner.run([notebook.cells[3] as any]);
  await turn();
  kernel.last.handlers.onSent?.("request-1");
  open(START.map((one) => (one.id === "x-aaaaaa" ? { ...one, execution_count: 3, outputs: [{ output_type: "stream", name: "stdout", text: "saved" }] } : one)) as CellData[]);
  notebook.goOn();
  await turn();
  kernel.last.end({ status: "lost" });
  await moment();
  assert.match(document.getElementById("cell-x-aaaaaa")!.textContent!, /saved/);
  assert.doesNotMatch(label("x-aaaaaa")!, /lost|running/);
});
