import assert from "node:assert/strict";
import { test } from "node:test";
import { toCodePoints, toUnits } from "../../src/editor/offsets";

const TEXT = 'x = "😀é"; np.';

test("an emoji is one code point and two UTF-16 units", () => {
  assert.equal(toCodePoints(TEXT, TEXT.length), TEXT.length - 1);
  assert.equal(toUnits(TEXT, TEXT.length - 1), TEXT.length);
});

test("there and back again, at every code point", () => {
  for (let at = 0; at <= [...TEXT].length; at += 1) assert.equal(toCodePoints(TEXT, toUnits(TEXT, at)), at);
});

test("what lies beyond the end is the end", () => {
  assert.equal(toUnits("ab", 9), 2);
  assert.equal(toCodePoints("ab", 9), 2);
});
