import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { KEPT_BYTES } from "../../src/render/keep";
import { KEPT_CHARACTERS } from "../../src/render/terminal";
import type { Output } from "../../src/types";
import { display, frames, makeArea, shown, stream } from "./tools";

afterEach(() => document.body.replaceChildren());

const texts = (element: HTMLElement) => [...element.querySelectorAll("pre")].map((pre) => pre.textContent);
const PICTURE = "iVBORw0KGgo=";

test("neighbouring messages of one stream are one text, another stream begins a new one", () => {
  const { area } = makeArea();
  area.load([stream("a"), stream("b\n"), stream("c", "stderr"), stream("d")]);
  assert.deepEqual(texts(area.element), ["ab\n", "c", "d"]);
  assert.deepEqual(area.outputs().map(({ name, text }) => [name, text]), [["stdout", "ab\n"], ["stderr", "c"], ["stdout", "d"]]);
});

test("a progress bar stays one line, also in what is kept", async () => {
  const { area } = makeArea();
  for (let n = 0; n <= 100; n += 1) area.add(stream(`\r${n}%`, "stderr"));
  await frames();
  assert.match(texts(area.element).join(), /^\d+%$/); // a busy machine may still be drawing
  assert.equal(area.outputs()[0]!.text, "100%");
  assert.deepEqual(texts(area.element), ["100%"]);
});

test("a hundred thousand lines do not hold the page, and the last of them are kept with a notice", async () => {
  const { area } = makeArea();
  for (let n = 0; n < 100_000; n += 1) area.add(stream(`line ${n}\n`));
  assert.deepEqual(texts(area.element), ["line 0\n"], "the others wait for frames");
  const outputs = area.outputs();
  assert.equal(outputs.length, 1);
  assert.ok(outputs[0]!.text!.length <= KEPT_CHARACTERS);
  assert.match(area.element.querySelector(".output-notice")!.textContent!, /100,000/);
  assert.ok(texts(area.element)[0]!.endsWith("line 99999\n"));
  assert.ok(area.element.querySelectorAll("*").length < 200, "few elements");
});

test("the first output shows at once, what comes in the same frame in the next", async () => {
  const { area } = makeArea();
  area.add(stream("a"));
  assert.deepEqual(texts(area.element), ["a"]);
  area.add(stream("b"));
  assert.deepEqual(texts(area.element), ["a"]);
  await frames();
  assert.deepEqual(texts(area.element), ["ab"]);
});

test("blocks of lines read as one text after any change", async () => {
  const { area } = makeArea();
  const lines = Array.from({ length: 1234 }, (_, n) => (n % 7 ? `l${n}` : ""));
  for (const line of lines) area.add(stream(`${line}\n`));
  area.add(stream("\x1b[900A\rchanged"));
  area.outputs(); // all of them, now
  lines[334] = "changed";
  assert.equal(texts(area.element)[0], `${lines.join("\n")}\n`);
});

test("clear takes all away, with wait only when the next one comes", async () => {
  const { area } = makeArea();
  area.load([stream("a")]);
  area.clear(true);
  assert.deepEqual(texts(area.element), ["a"]);
  area.add(stream("b"));
  await frames();
  assert.deepEqual(texts(area.element), ["b"]);
  area.clear(false);
  await frames();
  assert.equal(area.element.childElementCount, 0);
  assert.deepEqual(area.outputs(), []);
});

test("what a run shows first takes the place of the last run's outputs, in one step", async () => {
  const { area } = makeArea();
  area.load([stream("old")]);
  area.renew();
  assert.deepEqual(texts(area.element), ["old"]);
  await frames();
  area.add(stream("new"));
  assert.deepEqual(texts(area.element), ["new"]);
  area.settle();
  await frames(200);
  assert.deepEqual(texts(area.element), ["new"], "it stays");
});

test("a run that shows nothing leaves nothing, and one that takes its time does not keep what is old", async () => {
  const { area } = makeArea();
  area.load([stream("old")]);
  area.renew();
  area.settle();
  assert.deepEqual(area.outputs(), []);
  area.load([stream("old")]);
  area.renew();
  await frames(200);
  assert.equal(area.element.childElementCount, 0);
});

test("a display is updated in place by its id, and kept as updated", async () => {
  const { area } = makeArea();
  const one = { ...display({ "text/plain": "0 of 3" }), transient: { display_id: "bar" } };
  area.add(one);
  area.add(stream("after"));
  area.update("bar", display({ "text/plain": "3 of 3" }));
  area.update("other", display({ "text/plain": "nothing" }));
  await frames();
  assert.deepEqual(texts(area.element), ["3 of 3", "after"]);
  assert.deepEqual(area.outputs()[0]!.data, { "text/plain": "3 of 3" });
  assert.equal("transient" in area.outputs()[0]!, false);
});

test("the richest kind that can be read is shown", () => {
  const element = shown(
    display({ "text/plain": "<Figure size 640x480 with 1 Axes>", "image/png": PICTURE }, { "image/png": { width: 320, height: 240 } }),
    display({ "text/plain": "   a\n0  1", "text/html": "<table><thead><tr><th></th><th>a</th></tr></thead><tbody><tr><th>0</th><td>1</td></tr></tbody></table>" }),
    display({ "text/html": 5, "text/plain": "plain instead" }),
    display({ "application/json": { a: [1, 2] }, "text/plain": "object" }),
    display({ "application/x-unknown": "1" }),
    display({}),
  );
  const picture = element.querySelector("img")!;
  assert.equal(picture.alt, "Figure size 640x480 with 1 Axes");
  assert.equal(picture.getAttribute("width"), "320");
  assert.equal(picture.getAttribute("src"), `data:image/png;base64,${PICTURE}`);
  const root = element.querySelector(".output-html > div")!.shadowRoot!;
  assert.deepEqual([...root.querySelectorAll("th[scope]")].map((th) => th.getAttribute("scope")), ["col", "row"]);
  assert.deepEqual(texts(element), ["plain instead", '{\n  "a": [\n    1,\n    2\n  ]\n}']);
  assert.match(element.textContent!, /cannot be shown here \(application\/x-unknown\)/);
  assert.match(element.textContent!, /is empty/);
});

test("an author's own description of a picture is its name", () => {
  const element = shown(display({ "image/png": PICTURE, "text/plain": "<Figure>" }, { "image/png": { alt: "A falling line" } }));
  assert.equal(element.querySelector("img")!.alt, "A falling line");
});

test("a picture opens in full size and closes again, with the focus where it was", () => {
  const dialogs = HTMLDialogElement.prototype as { showModal(): void; close(): void };
  dialogs.showModal = function (this: HTMLDialogElement) { this.open = true; };
  dialogs.close = function (this: HTMLDialogElement) { this.dispatchEvent(new Event("close")); };
  const element = shown(display({ "image/png": PICTURE, "text/plain": "A plot" }));
  const button = element.querySelector<HTMLButtonElement>("button.output-picture")!;
  button.focus();
  button.click();
  const dialog = document.querySelector("dialog")!;
  assert.match(dialog.getAttribute("aria-label")!, /A plot/);
  assert.ok(dialog.hasAttribute("hx-disable"));
  dialog.querySelector<HTMLButtonElement>(".output-full-close")!.click();
  assert.equal(document.querySelector("dialog"), null);
  assert.equal(document.activeElement, button);
});

const TRACEBACK = [
  "---------------------------------------------------------------------------",
  "ZeroDivisionError                         Traceback (most recent call last)",
  "Cell In[3], line 4\n      1 def f():\n      2     return 1/0\n----> 4 f()",
  "Cell In[1], line 2, in f()\n      1 def f():\n----> 2     return 1/0",
  "ZeroDivisionError: division by zero",
];

test("an error says its name and message first, and its traceback links to cells and lines", () => {
  const { area, links } = makeArea();
  area.load([{ output_type: "error", ename: "ZeroDivisionError", evalue: "division by zero", traceback: TRACEBACK }]);
  assert.equal(area.element.querySelector(".output-failure-title")!.textContent, "ZeroDivisionError: division by zero");
  const fold = area.element.querySelector("details")!;
  assert.ok(fold.open);
  assert.ok(fold.querySelector("pre")!.textContent!.startsWith("Cell In[3], line 4"));
  for (const link of fold.querySelectorAll<HTMLButtonElement>(".output-trace-link")) link.click();
  assert.deepEqual(links, [[3, 4], [1, 2]]);
  assert.deepEqual(area.outputs()[0]!.traceback, TRACEBACK);
});

test("an error without a traceback, with colours, or without a name is shown as well", () => {
  const { area, links } = makeArea();
  area.load([
    { output_type: "error", ename: "KeyboardInterrupt", evalue: "", traceback: [] },
    { output_type: "error", ename: "\x1b[31mE\x1b[0m", evalue: "m", traceback: ["\x1b[0;36mCell In[ ], line 7\x1b[0m"] },
    { output_type: "error" } as Output,
  ]);
  const titles = [...area.element.querySelectorAll(".output-failure-title")].map((title) => title.textContent);
  assert.deepEqual(titles, ["KeyboardInterrupt", "E: m", "Error"]);
  area.element.querySelector<HTMLButtonElement>(".output-trace-link")!.click();
  assert.deepEqual(links, [[null, 7]]);
});

test("input is asked for in the output, answered with Enter, and stays there", async () => {
  const { area } = makeArea();
  const before = document.createElement("button");
  document.body.append(before);
  before.focus();
  area.add(stream("Hello\n"));
  const answer = area.ask("Name? ", false);
  const field = area.element.querySelector("input")!;
  assert.equal(document.activeElement, field);
  assert.equal(field.labels![0]!.textContent, "Name? ");
  let escaped = 0;
  area.element.addEventListener("keydown", () => (escaped += 1));
  field.value = "Ada";
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  assert.equal(await answer, "Ada");
  await frames();
  assert.equal(escaped, 0, "the notebook's keys do not hear what is typed");
  assert.equal(area.element.querySelector("input"), null);
  assert.deepEqual(texts(area.element), ["Hello\nName? Ada\n"]);
  assert.equal(document.activeElement, before);
});

test("a password is neither shown nor kept", async () => {
  const { area } = makeArea();
  const answer = area.ask("Key: ", true);
  const field = area.element.querySelector("input")!;
  assert.equal(field.type, "password");
  field.value = "secret";
  area.element.querySelector<HTMLButtonElement>(".output-question button")!.click();
  assert.equal(await answer, "secret");
  await frames();
  assert.doesNotMatch(JSON.stringify(area.outputs()) + area.element.textContent, /secret/);
});

test("a question can be taken back, and outputs before it go above it", async () => {
  const { area } = makeArea();
  void area.ask("? ", false);
  area.add(stream("meanwhile"));
  await frames();
  assert.equal(area.element.lastElementChild!.className, "output-question");
  area.cancelAsk();
  assert.equal(area.element.querySelector("input"), null);
  assert.deepEqual(texts(area.element), ["meanwhile"]);
});

test("what is kept fits, smaller forms instead of large ones, and keeps colours", () => {
  const { area } = makeArea();
  area.load([
    display({ "image/png": "A".repeat(KEPT_BYTES), "text/plain": "<Figure>" }),
    display({ "text/html": "x".repeat(KEPT_BYTES) }),
    { output_type: "execute_result", data: { "text/plain": ["a", "b"] }, metadata: {}, execution_count: 3 },
    stream("\x1b[31mred\x1b[0m"),
  ]);
  const kept = area.outputs();
  assert.deepEqual(kept[0]!.data, { "text/plain": "<Figure>" });
  assert.match(String(kept[1]!.data!["text/plain"]), /too large to be kept/);
  assert.deepEqual(kept[2], { output_type: "execute_result", data: { "text/plain": "ab" }, metadata: {}, execution_count: 3 });
  assert.equal(kept[3]!.text, "\x1b[31mred\x1b[0m");
  const many = Array.from({ length: 40 }, () => display({ "text/html": "y".repeat(100_000), "text/plain": "t" }));
  area.load(many);
  assert.ok(JSON.stringify(area.outputs()).length < 1_000_000);
});

test("loading what was kept gives the same to keep again", () => {
  const first = makeArea().area;
  first.load([stream("\x1b[1;32mok\x1b[0m\n"), display({ "text/plain": "x\0\ud800" }, { a: { b: [1, null] } })]);
  const second = makeArea().area;
  second.load(first.outputs());
  assert.deepEqual(second.outputs(), first.outputs());
  assert.doesNotMatch(JSON.stringify(second.outputs()), /\\u0000|\\ud800/);
});

test("thousands of outputs leave the last hundreds and a notice", () => {
  const { area } = makeArea();
  area.load(Array.from({ length: 3000 }, (_, n) => display({ "text/plain": `${n}` })));
  assert.equal(area.element.childElementCount, 501);
  assert.match(area.element.firstElementChild!.textContent!, /only the last/);
  assert.equal(texts(area.element).at(-1), "2999");
});

test("the server's word that output was cut is shown and not kept", () => {
  const { area } = makeArea();
  area.load([{ ...stream("", "stderr"), metadata: { kilohour: { notice: "cut" } } }]);
  assert.match(area.element.textContent!, /too much/);
  assert.deepEqual(area.outputs(), []);
});

test("text can be copied without its colours", async () => {
  let copied = "";
  Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: async (text: string) => void (copied = text) } });
  const element = shown(stream("\x1b[31mred\x1b[0m\n"));
  const button = element.querySelector<HTMLButtonElement>(".output-copy")!;
  button.click();
  await frames();
  assert.equal(copied, "red\n");
  assert.equal(button.textContent, "Copied");
});
