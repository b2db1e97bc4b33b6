import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { commands } from "../../src/notebook/commands";
import { isLetterKey, Keyboard, letters, spell } from "../../src/notebook/keyboard";

const NONE = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, code: "" };
let keyboard: Keyboard;

beforeEach(() => {
  localStorage.clear();
  keyboard = new Keyboard(commands());
});

test("keys are spelled the same on every keyboard", () => {
  assert.equal(spell({ ...NONE, key: "A" }), "a");
  assert.equal(spell({ ...NONE, key: "M", shiftKey: true }), "Shift+m");
  assert.equal(spell({ ...NONE, key: "?", shiftKey: true }), "?");
  assert.equal(spell({ ...NONE, key: "s", metaKey: true }), "Mod+s");
  assert.equal(spell({ ...NONE, key: "_", code: "Minus", ctrlKey: true, shiftKey: true }), "Ctrl+Shift+-");
  assert.equal(spell({ ...NONE, key: "Enter", shiftKey: true }), "Shift+Enter");
});

test("every key means one thing", () => {
  const all = commands().flatMap((command) => command.keys);
  assert.equal(new Set(all).size, all.length);
});

test("letters act on a chosen cell only", () => {
  assert.equal(keyboard.press("a", true)?.name, "insert-above");
  assert.equal(keyboard.press("a", false), null);
  assert.equal(keyboard.press("Shift+Enter", false)?.name, "run-next");
});

test("two presses in time, and of the same key", () => {
  assert.equal(keyboard.press("d", true, 0), null);
  assert.equal(keyboard.press("d", true, 300)?.name, "delete");
  assert.equal(keyboard.press("d", true, 400), null, "a third press begins anew");
  assert.equal(keyboard.press("d", true, 2000), null, "too late");
  assert.equal(keyboard.press("i", true, 2100), null, "another key");
  assert.equal(keyboard.press("i", true, 2200)?.name, "stop");
  keyboard.press("0", true, 3000);
  assert.equal(keyboard.press("0", true, 3100)?.name, "restart");
});

test("single letters can be switched off; arrows and what has a modifier stay", () => {
  letters.on = false;
  assert.equal(keyboard.press("a", true), null);
  keyboard.press("d", true, 0);
  assert.equal(keyboard.press("d", true, 100), null);
  assert.equal(keyboard.press("?", true), null);
  assert.equal(keyboard.press("ArrowDown", true)?.name, "next");
  assert.equal(keyboard.press("Mod+Enter", true)?.name, "run");
  assert.equal(new Keyboard(commands()).press("b", true), null, "it is remembered");
});

test("what counts as a single letter", () => {
  assert.deepEqual(["a", "d d", "Shift+m", "?"].map(isLetterKey), [true, true, true, true]);
  assert.deepEqual(["Enter", "Mod+s", "ArrowUp"].map(isLetterKey), [false, false, false]);
});
