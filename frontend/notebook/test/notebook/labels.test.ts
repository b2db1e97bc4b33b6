import assert from "node:assert/strict";
import { test } from "node:test";
import { cellLabel, cellName, countText, durationText, endWords } from "../../src/notebook/labels";

const CELL = { type: "code", role: "answer", position: 3, total: 8, number: 1, count: 2, state: "failed", errorName: "" } as const;

test("a cell says what it is, where it stands and how it ended", () => {
  assert.equal(cellLabel(CELL), "Code cell 3 of 8, graded, run 2, failed");
  assert.equal(cellLabel({ ...CELL, role: "locked", count: null, state: "not-run" }), "Code cell 3 of 8, read-only, not run");
  assert.equal(cellLabel({ ...CELL, type: "markdown", role: "extra", count: null, state: null }), "Text cell 3 of 8");
});

test("names at the head of a cell", () => {
  assert.equal(cellName("code", "answer", 2), "Your answer 2");
  assert.equal(cellName("code", "locked", undefined), "Given code");
  assert.equal(cellName("markdown", "extra", undefined), "Your own text");
});

test("the count as in Jupyter", () => {
  assert.deepEqual([countText(3, "ok"), countText(3, "waiting"), countText(null, "not-run")], ["[3]", "[*]", "[ ]"]);
});

test("durations, from tenths to minutes", () => {
  assert.deepEqual([0.01, 0.44, 9.97, 59.4, 59.6, 125].map(durationText), ["0.0 s", "0.4 s", "10 s", "59 s", "1 min 0 s", "2 min 5 s"]);
});

test("what is said at the end of a run", () => {
  assert.equal(endWords(3, "ok", ""), "Cell 3 finished");
  assert.equal(endWords(3, "failed", "NameError"), "Cell 3 failed: NameError");
});
