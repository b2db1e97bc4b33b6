import type { MarkdownIt, StateBlock, StateInline } from "markdown-it";

const LONGEST_INLINE = 2_000;

/** Teaches Markdown maths by Jupyter's rules: `$…$`, `$$…$$`, `\(…\)`, `\[…\]` and `\begin{…}…\end{…}`. */
export function addMathsSyntax(markdown: MarkdownIt): void {
  markdown.inline.ruler.before("escape", "maths", readInline);
  markdown.block.ruler.before("fence", "maths_block", readBlock, { alt: ["paragraph", "reference", "blockquote", "list"] });
  const { escapeHtml } = markdown.utils;
  markdown.renderer.rules["maths"] = (tokens, index) => `<span class="math">${escapeHtml(tokens[index]!.content)}</span>`;
  markdown.renderer.rules["maths_block"] = (tokens, index) =>
    `<span class="math math-display">${escapeHtml(tokens[index]!.content.trim())}</span>`;
}

interface Found {
  tex: string;
  length: number;
  isDisplay: boolean;
}

function readInline(state: StateInline, silent: boolean): boolean {
  const character = state.src[state.pos];
  if (character !== "$" && character !== "\\") return false;
  const found = findMaths(state.src.slice(state.pos, state.posMax), state.src[state.pos - 1] ?? "");
  if (!found) return false;
  if (!silent) state.push(found.isDisplay ? "maths_block" : "maths", "span", 0).content = found.tex;
  state.pos += found.length;
  return true;
}

/** Maths at the very start of the text; `before` is the character that stands before it. */
export function findMaths(text: string, before: string): Found | null {
  if (text.startsWith("$$")) return between(text, "$$", "$$", true);
  if (text.startsWith("\\(")) return between(text, "\\(", "\\)", false);
  if (text.startsWith("\\[")) return between(text, "\\[", "\\]", true);
  if (text.startsWith("\\begin{")) return environment(text);
  return text[0] === "$" && !/[\d\\]/.test(before) ? dollars(text) : null;
}

function between(text: string, opening: string, closing: string, isDisplay: boolean): Found | null {
  const end = text.slice(0, LONGEST_INLINE).indexOf(closing, opening.length);
  if (end < 0) return null;
  const tex = text.slice(opening.length, end);
  return tex.trim() ? { tex, length: end + closing.length, isDisplay } : null;
}

function environment(text: string): Found | null {
  const name = /^\\begin\{([a-zA-Z]{1,20}\*?)\}/.exec(text)?.[1];
  if (!name) return null;
  const closing = `\\end{${name}}`;
  const end = text.slice(0, 3 * LONGEST_INLINE).indexOf(closing);
  return end < 0 ? null : { tex: text.slice(0, end + closing.length), length: end + closing.length, isDisplay: true };
}

/** `$…$` holds no blank at its edges, and no digit follows: then it is money. */
function dollars(text: string): Found | null {
  if (/[\s$]/.test(text[1] ?? " ")) return null;
  const most = Math.min(text.length, LONGEST_INLINE);
  for (let at = 1; at < most; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "$" && !/[\s$]/.test(text[at - 1]!) && !/[\d$]/.test(text[at + 1] ?? "")) {
      return { tex: text.slice(1, at), length: at + 1, isDisplay: false };
    }
  }
  return null;
}

/** A formula that stands on lines of its own, blank lines and all. */
function readBlock(state: StateBlock, first: number, last: number, silent: boolean): boolean {
  const start = state.bMarks[first]! + state.tShift[first]!;
  const opening = state.src.slice(start, start + 40);
  const closing = closingOf(opening);
  if (!closing || state.sCount[first]! - state.blkIndent >= 4) return false;
  for (let line = first; line < last; line += 1) {
    if (line > first && state.sCount[line]! < state.blkIndent && !state.isEmpty(line)) return false;
    const text = state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line]).trimEnd();
    const rest = line === first ? text.slice(opening.startsWith("$$") ? 2 : 0) : text;
    if (!rest.endsWith(closing)) continue;
    if (silent) return true;
    addBlock(state, first, line, opening.startsWith("$$"));
    return true;
  }
  return false;
}

function closingOf(opening: string): string | null {
  if (opening.startsWith("$$")) return "$$";
  const name = /^\\begin\{([a-zA-Z]{1,20}\*?)\}/.exec(opening)?.[1];
  return name ? `\\end{${name}}` : null;
}

function addBlock(state: StateBlock, first: number, last: number, isInDollars: boolean): void {
  const text = state.getLines(first, last + 1, state.blkIndent, false).trim();
  state.push("paragraph_open", "p", 1);
  const token = state.push("maths_block", "span", 0);
  token.content = isInDollars ? text.slice(2, -2) : text;
  token.map = [first, last + 1];
  state.push("paragraph_close", "p", -1);
  state.line = last + 1;
}
