// A text area to write Python in: Tab indents, Enter keeps the indentation, Escape then Tab leaves.

const STEP = 4;

/** Replace a range in a way that the browser's own undo knows about. */
function replaceRange(area, start, end, text) {
  area.setSelectionRange(start, end);
  if (document.execCommand(text ? "insertText" : "delete", false, text)) return;
  area.setRangeText(text, start, end, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

const lineStart = (area, at) => area.value.lastIndexOf("\n", at - 1) + 1;

function lineEnd(area, at) {
  const end = area.value.indexOf("\n", at);
  return end === -1 ? area.value.length : end;
}

/** Apply a change to every line that the selection touches, and keep these lines selected. */
function changeLines(area, change) {
  const start = lineStart(area, area.selectionStart);
  // A selection that ends at the start of a line does not mean that line.
  const last = Math.max(area.selectionStart, area.selectionEnd - 1);
  const end = lineEnd(area, last);
  const before = area.value.slice(start, end);
  const after = before.split("\n").map(change).join("\n");
  if (after === before) return;
  const collapsed = area.selectionStart === area.selectionEnd;
  const caret = Math.max(start, area.selectionStart + after.length - before.length);
  replaceRange(area, start, end, after);
  if (collapsed) area.setSelectionRange(caret, caret);
  else area.setSelectionRange(start, start + after.length);
}

const indentLine = (line) => (line ? " ".repeat(STEP) + line : line);
const dedentLine = (line) => line.replace(new RegExp(`^(?:\t| {1,${STEP}})`), "");

function indent(area) {
  if (area.value.slice(area.selectionStart, area.selectionEnd).includes("\n")) {
    changeLines(area, indentLine);
    return;
  }
  const column = area.selectionStart - lineStart(area, area.selectionStart);
  replaceRange(area, area.selectionStart, area.selectionEnd, " ".repeat(STEP - (column % STEP)));
}

function breakLine(area) {
  const line = area.value.slice(lineStart(area, area.selectionStart), area.selectionStart);
  const deeper = line.trimEnd().endsWith(":") ? " ".repeat(STEP) : "";
  const leading = line.match(/^[ \t]*/)[0];
  replaceRange(area, area.selectionStart, area.selectionEnd, `\n${leading}${deeper}`);
}

/** Take back one step of indentation; false where there is none before the caret. */
function outdentAtCaret(area) {
  const { selectionStart: at, selectionEnd: end } = area;
  const before = area.value.slice(lineStart(area, at), at);
  if (at !== end || before.length < 2 || before.trim() || before.includes("\t")) return false;
  replaceRange(area, at - (before.length % STEP || STEP), at, "");
  return true;
}

const growsByItself = CSS.supports("field-sizing", "content");

function grow(area) {
  if (!growsByItself) area.rows = area.value.split("\n").length + 1;
}

/** What a key does in a code cell; true when it has been dealt with. */
function pressed(area, event) {
  switch (event.key) {
    case "Tab":
      if (event.shiftKey) changeLines(area, dedentLine);
      else indent(area);
      return true;
    case "Enter":
      if (event.shiftKey) return false;
      breakLine(area);
      return true;
    case "Backspace":
      return outdentAtCaret(area);
    default:
      return false;
  }
}

/** Make a text area an editor; `announce` tells screen readers what Escape has done. */
export function enhance(area, announce) {
  let leaving = false;
  grow(area);
  area.addEventListener("input", () => grow(area));
  area.addEventListener("blur", () => {
    leaving = false;
  });
  area.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      leaving = true;
      announce();
      return;
    }
    if (event.key === "Shift" || (leaving && event.key === "Tab")) return;
    leaving = false;
    if (area.dataset.editor === "code" && pressed(area, event)) event.preventDefault();
  });
}
