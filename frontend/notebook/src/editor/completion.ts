/** What the kernel proposes to write next, as CodeMirror wants it. */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { globalCompletion, localCompletionSource } from "@codemirror/lang-python";
import type { CompleteReply } from "../types";
import { toCodePoints, toUnits } from "./offsets";

/** `isAsked`: by a key, not just by a dot. */
export type Complete = (code: string, cursor: number, isAsked: boolean) => Promise<CompleteReply | null>;

/** The kernel's words (jedi's) to CodeMirror's, which choose the icon. */
const KINDS: Readonly<Record<string, string>> = {
  class: "class",
  function: "function",
  instance: "variable",
  keyword: "keyword",
  magic: "method",
  module: "namespace",
  param: "property",
  path: "text",
  property: "property",
  statement: "variable",
};
const MOST_SHOWN = 500;
const DETAIL_LENGTH = 60;

interface Typed {
  start?: unknown;
  end?: unknown;
  text?: unknown;
  type?: unknown;
  signature?: unknown;
}

/** Whether Tab here means "complete", not "indent": right after a letter, a digit, `_`, `.` or inside a path. */
export function isAfterWord(before: string): boolean {
  return /[\p{L}\p{N}_.%]$/u.test(before) || /["'][^"'\s]*\/$/u.test(before);
}

// With what was typed since the dot: the answer to the dot alone may come too late for fast hands.
const AFTER_DOT = /[\p{L}\p{N}_\])"']\s?\.[\p{L}\p{N}_]*$/u;

/** Asks the kernel after a dot that was typed, and wherever it is asked for. */
export function completionSource(complete: Complete) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    if (!context.explicit && !context.matchBefore(AFTER_DOT)) return null;
    const code = context.state.doc.toString();
    const reply = await complete(code, toCodePoints(code, context.pos), context.explicit);
    if (context.aborted) return null;
    if (!reply && context.explicit) return withoutKernel(context);
    return reply && toResult(code, reply);
  };
}

/** What stands in the text, and Python's own words: while there is no kernel, or it is busy. */
async function withoutKernel(context: CompletionContext): Promise<CompletionResult | null> {
  const found = await Promise.all([localCompletionSource(context), globalCompletion(context)]);
  const [first, ...others] = found.filter((one) => one !== null);
  if (!first) return null;
  return { ...first, options: [first, ...others].flatMap((one) => one.options) };
}

/** Matches may start before the cursor; jedi's own list, when there is one, knows kinds and signatures. */
export function toResult(code: string, reply: CompleteReply): CompletionResult | null {
  const options = typedOptions(reply) ?? plainOptions(reply);
  if (!options.length) return null;
  return {
    from: toUnits(code, reply.cursor_start),
    to: toUnits(code, reply.cursor_end),
    options: options.slice(0, MOST_SHOWN),
    validFor: /^[\p{L}\p{N}_]*$/u,
  };
}

function typedOptions(reply: CompleteReply): Completion[] | null {
  const typed = reply.metadata["_jupyter_types_experimental"];
  if (!Array.isArray(typed) || !typed.length) return null;
  const same = typed.every(
    (one: Typed) => typeof one?.text === "string" && (one.start ?? reply.cursor_start) === reply.cursor_start,
  );
  return same ? typed.map((one: Typed) => option(String(one.text), String(one.type ?? ""), one.signature)) : null;
}

function plainOptions(reply: CompleteReply): Completion[] {
  return reply.matches.map((text) => option(text, "", ""));
}

function option(text: string, kind: string, signature: unknown): Completion {
  const made: Completion = { label: text, boost: rank(text) };
  const type = KINDS[kind];
  if (type) made.type = type;
  if (typeof signature === "string" && signature) made.detail = shorten(signature);
  return made;
}

/** Private names go last, magic ones after them. */
function rank(text: string): number {
  const name = text.slice(text.lastIndexOf(".") + 1);
  if (name.startsWith("__")) return -2;
  return name.startsWith("_") || name.startsWith("%") ? -1 : 0;
}

function shorten(signature: string): string {
  return signature.length > DETAIL_LENGTH ? `${signature.slice(0, DETAIL_LENGTH - 1)}…` : signature;
}
