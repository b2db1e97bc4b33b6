import assert from "node:assert/strict";
import { test } from "node:test";
import { Field, type FieldOptions } from "../../src/editor/field";
import { indentOf } from "../../src/editor/wrapping";

const SOURCE = "def f(x):\n    return x  # back\n";

function field(options: Partial<FieldOptions> = {}, source = SOURCE): { made: Field; changes: () => number } {
  let changes = 0;
  const made = new Field(source, {
    type: "code",
    readOnly: false,
    hint: "",
    labelledBy: "name",
    describedBy: "help",
    complete: async () => null,
    inspect: async () => null,
    announce: () => {},
    onChange: () => {
      changes += 1;
    },
    onFocus: () => {},
    onKey: () => false,
    ...options,
  });
  document.body.append(made.element);
  return { made, changes: () => changes };
}

test("before there is an editor the whole text is on the page", () => {
  const { made } = field();
  assert.equal(made.element.textContent, SOURCE);
  assert.equal(made.isOpen, false);
});

test("waking makes the editor and keeps the text", () => {
  const { made, changes } = field();
  made.wake();
  assert.ok(made.isOpen);
  assert.equal(made.source, SOURCE);
  assert.equal(changes(), 0);
  assert.equal(made.element.querySelector(".cm-content")?.getAttribute("aria-labelledby"), "name");
});

test("what is only read is coloured, and never becomes an editor", () => {
  const { made } = field({ readOnly: true });
  made.wake();
  made.focus();
  assert.equal(made.isOpen, false);
  assert.equal(made.element.querySelector(".tok-k")?.textContent, "def");
  assert.equal(made.element.textContent, SOURCE.trimEnd());
});

test("a text from outside is a change, the same text is none", () => {
  const { made, changes } = field();
  made.setSource(SOURCE);
  assert.equal(changes(), 0);
  made.setSource("1");
  made.wake();
  made.setSource("2");
  assert.equal(made.source, "2");
  assert.equal(changes(), 2);
});

test("the Tab key comes by only where it is told to", () => {
  const { made } = field();
  made.wake();
  const tabIndex = () => made.element.querySelector(".cm-content")?.getAttribute("tabindex");
  assert.equal(tabIndex(), "-1");
  made.setTabStop(true);
  assert.equal(tabIndex(), "0");
});

test("markup in a text stays text", () => {
  const { made } = field({}, "x = '<img src=x onerror=alert(1)>'");
  assert.equal(made.element.querySelector("img"), null);
});

test("indentation is counted in columns, with an end", () => {
  assert.equal(indentOf("    x"), 4);
  assert.equal(indentOf("  \tx"), 4);
  assert.equal(indentOf(" ".repeat(90)), 24);
});

test("far from any reader the text is coloured without an editor", () => {
  const { made, changes } = field();
  made.colour();
  assert.equal(made.isOpen, false);
  assert.equal(made.element.querySelector(".tok-k")?.textContent, "def");
  assert.equal(made.element.textContent, SOURCE);
  assert.equal(changes(), 0);
});
