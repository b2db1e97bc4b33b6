import assert from "node:assert/strict";
import { test } from "node:test";
import { CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { python } from "@codemirror/lang-python";
import { ensureSyntaxTree } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { completionSource, isAfterWord, toResult } from "../../src/editor/completion";
import type { CompleteReply } from "../../src/types";

function reply(matches: string[], more: Partial<CompleteReply> = {}): CompleteReply {
  return { matches, cursor_start: 0, cursor_end: 0, metadata: {}, ...more };
}

test("matches replace what the kernel says, counted in code points", () => {
  const code = '"😀"; np.li';
  const result = toResult(code, reply(["linalg"], { cursor_start: 8, cursor_end: 10 }));
  assert.equal(code.slice(result?.from, result?.to), "li");
});

test("kinds and signatures come from the kernel's own list", () => {
  const typed = [{ start: 3, end: 3, text: "array", type: "function", signature: "(object, dtype=None)" }];
  const result = toResult("np.", reply(["array"], { cursor_start: 3, cursor_end: 3, metadata: { _jupyter_types_experimental: typed } }));
  assert.deepEqual(result?.options, [{ label: "array", boost: 0, type: "function", detail: "(object, dtype=None)" }]);
});

test("a list of hostile shape is passed over for the plain matches", () => {
  const metadata = { _jupyter_types_experimental: [{ text: 7 }, null] };
  assert.deepEqual(toResult("a", reply(["abs"], { metadata }))?.options.map((one) => one.label), ["abs"]);
});

test("private names go last", () => {
  const boosts = toResult("np.", reply(["_private", "__magic__", "plain"]))?.options.map((one) => one.boost);
  assert.deepEqual(boosts, [-1, -2, 0]);
});

test("nothing found is no result", () => assert.equal(toResult("q", reply([])), null));

test("Tab completes after a word, a dot or in a path, and indents elsewhere", () => {
  for (const before of ["np.", "arr", "x1", "größe", "open('data/"]) assert.ok(isAfterWord(before), before);
  for (const before of ["", "    ", "x = ", "f(", "a + "]) assert.ok(!isAfterWord(before), before);
});

test("without a kernel Tab offers what the text itself defines, and Python's own words; a dot alone nothing", async () => {
  const doc = "def descend(step):\n    pass\nde";
  const fresh = EditorState.create({ doc, extensions: python() });
  assert.ok(ensureSyntaxTree(fresh, doc.length, 10_000));
  const { state } = fresh.update({}); // a state keeps the tree that it was made with
  const ask = (explicit: boolean) => completionSource(async () => null)(new CompletionContext(state, doc.length, explicit));
  const labels = ((await ask(true)) as CompletionResult).options.map((one) => one.label);
  assert.ok(labels.includes("descend") && labels.includes("def"), labels.join());
  assert.equal(await ask(false), null);
});
