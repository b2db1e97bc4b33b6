import assert from "node:assert/strict";
import { test } from "node:test";
import { KEPT_CHARACTERS, Terminal } from "../../src/render/terminal";

function read(...texts: string[]): Terminal {
  const terminal = new Terminal();
  for (const text of texts) terminal.write(text);
  return terminal;
}

test("carriage returns and backspaces write over what is there", () => {
  assert.equal(read("10%\r 20%\r100%\n").text, "100%\n");
  assert.equal(read("abc\b\bX").text, "aXc");
  assert.equal(read("a\r\nb\r\n").text, "a\nb\n");
  assert.equal(read("long line\rab").text, "abng line");
  assert.equal(read("long line\rab\x1b[K").text, "ab");
  assert.equal(read("\b\b\bx").text, "x");
});

test("bars on several lines go up and down", () => {
  assert.equal(read("one\ntwo\x1b[A\rONE\nTWO").text, "ONE\nTWO");
  assert.equal(read("a\x1b[99999A\x1b[99999Bb").text, "ab");
  assert.equal(read("abc\x1b[2Dx\x1b[1Gy\x1b[2Cz").text, "yxcz");
});

test("colours become classes, also across messages and in escapes cut in two", () => {
  const terminal = read("a\x1b[1;3", "1mred\x1b[0m b");
  assert.deepEqual(terminal.runs(0), [
    { text: "a", classes: "" },
    { text: "red", classes: "ansi-bold ansi-red-fg" },
    { text: " b", classes: "" },
  ]);
});

test("256 colours and true colours become the nearest of the sixteen", () => {
  assert.equal(read("\x1b[38;5;196mx").runs(0)[0]?.classes, "ansi-red-intense-fg");
  assert.equal(read("\x1b[38;2;0;128;0mx").runs(0)[0]?.classes, "ansi-green-fg");
  assert.equal(read("\x1b[48;5;21mx").runs(0)[0]?.classes, "ansi-blue-intense-bg");
  assert.equal(read("\x1b[38;5;240mx").runs(0)[0]?.classes, "ansi-black-intense-fg");
  assert.equal(read("\x1b[38;5;999;999;1mx").text, "x");
  assert.equal(read("\x1b[38m\x1b[38;2m\x1b[48;5mx").text, "x");
});

test("the source gives the same again", () => {
  const first = read("\x1b[32mok\x1b[0m plain \x1b[1;4;41mloud\x1b[22m less\n\x1b[0mend");
  const second = read(first.source);
  assert.equal(second.text, first.text);
  assert.deepEqual(second.runs(0), first.runs(0));
});

test("overwriting keeps text and colours together", () => {
  const terminal = read("\x1b[31mabcdef\x1b[0m\rXY");
  assert.deepEqual(terminal.runs(0), [
    { text: "XY", classes: "" },
    { text: "cdef", classes: "ansi-red-fg" },
  ]);
});

test("links of terminals, titles and unknown escapes are left out, their text stays", () => {
  assert.equal(read("\x1b]8;;javascript:alert(1)\x1b\\click\x1b]8;;\x1b\\ me").text, "click me");
  assert.equal(read("\x1b]8;;http://x\x07", "click", "\x1b]8;;\x07").text, "click");
  assert.equal(read("\x1b]0;title\x07a\x1b(Bb\x1b=c\x1b[?25ld\x07\x00\x9b").text, "abcd");
  assert.equal(read("\x1b]8;;never ends" + "x".repeat(5000)).text.includes("\x1b"), false);
});

test("only the last characters are kept, of lines and of one endless line", () => {
  const lines = read(Array.from({ length: 60_000 }, (_, n) => `${n}\n`).join(""));
  assert.ok(lines.text.length <= KEPT_CHARACTERS);
  assert.ok(lines.text.endsWith("59999\n"));
  assert.ok(lines.isCut);
  const line = read("x".repeat(90_000), "y".repeat(90_000));
  assert.equal(line.text.length, KEPT_CHARACTERS - 1);
  assert.ok(line.text.endsWith("y"));
  assert.equal(line.lines.length, 1);
  line.write("\rab");
  assert.ok(line.text.startsWith("ab"));
});

test("much text at once, and a hundred thousand prints, are read before the runner loses patience", () => {
  const terminal = read("z".repeat(30_000_000) + "\nend");
  for (let n = 0; n < 100_000; n += 1) terminal.write(`line ${n}\n`);
  for (let n = 0; n < 20_000; n += 1) terminal.write(`\r\x1b[32m${n}%|###|`);
  assert.ok(terminal.text.length <= KEPT_CHARACTERS);
});

test("any bytes at all are read without an error", () => {
  let seed = 7;
  const next = (most: number) => (seed = (seed * 48271) % 2147483647) % most;
  const pieces = ["\x1b", "[", "]", "8;;", "\x07", "m", "38;5;", "\r", "\n", "\b", "A", "K", "1", "é", "\ud83d", "\u009b", " ", "z"];
  for (let round = 0; round < 400; round += 1) {
    const terminal = new Terminal();
    for (let n = 0; n < 60; n += 1) terminal.write(Array.from({ length: next(6) }, () => pieces[next(pieces.length)]).join(""));
    for (const { text, styles } of terminal.lines) assert.ok(!styles || styles.length === text.length);
    assert.equal(new Terminal().write(terminal.source), undefined);
  }
});
