import { gettext, interpolate } from "../i18n";
import type { Output } from "../types";
import { formatSize, isRecord, shorten, toRecord, toText, toWellFormed, toWhole, type Unknown } from "./text";

/** Bytes of one cell's outputs that the server keeps, with room for the brackets around them. */
export const KEPT_BYTES = 980_000;
const DEEPEST = 12;
const MOST_KINDS = 30;
const ROOM_FOR_NOTICES = 400;

/** Outputs in the form that is kept: plain, bounded nbformat values. What is too large leaves a sentence behind. */
export function toKept(outputs: readonly Output[]): Output[] {
  const kept: Output[] = [];
  let left = KEPT_BYTES;
  for (const output of outputs) {
    if (left < ROOM_FOR_NOTICES) break;
    for (const form of forms(output)) {
      const size = bytes(form);
      if (size > left) continue;
      kept.push(form);
      left -= size;
      break;
    }
  }
  return kept;
}

/** An output, then smaller forms of it, down to a sentence. */
function* forms(output: Output): Generator<Output> {
  const whole = toPlain(output);
  if (!whole) return;
  yield whole;
  const text = toText(whole.data?.["text/plain"]);
  if (whole.data && text) yield { ...whole, data: { "text/plain": text }, metadata: {} };
  const values = { size: formatSize(bytes(whole)) };
  const words = interpolate(gettext("This output (%(size)s) is too large to be kept. Run the cell again to see it."), values);
  yield { output_type: "display_data", data: { "text/plain": words }, metadata: {} };
}

function toPlain(output: Output): Output | null {
  switch (output.output_type) {
    case "stream":
      return { output_type: "stream", name: output.name === "stderr" ? "stderr" : "stdout", text: clean(toText(output.text) ?? "") };
    case "error":
      return {
        output_type: "error",
        ename: clean(shorten(toText(output.ename) ?? "", 1_000)),
        evalue: clean(shorten(toText(output.evalue) ?? "", 100_000)),
        traceback: lines(output.traceback),
      };
    case "display_data":
      return { output_type: "display_data", data: toData(output.data), metadata: toPlainRecord(output.metadata) };
    case "execute_result": {
      const execution_count = toWhole(output.execution_count, 0, 1_000_000_000);
      const data = toData(output.data);
      return { output_type: "execute_result", data, metadata: toPlainRecord(output.metadata), execution_count };
    }
    default:
      return null;
  }
}

function lines(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((line) => typeof line === "string").map(clean);
}

/** Texts joined; other values only where the kind is JSON, as nbformat has it. */
function toData(data: unknown): Unknown {
  const kept: [string, unknown][] = [];
  for (const [mime, value] of Object.entries(toRecord(data)).slice(0, MOST_KINDS)) {
    const text = toText(value);
    if (text !== null) kept.push([mime, clean(text)]);
    else if (/^application\/(?:.*\+)?json$/.test(mime)) kept.push([mime, toJson(value, DEEPEST)]);
  }
  return Object.fromEntries(kept);
}

function toPlainRecord(value: unknown): Unknown {
  const plain = toJson(value, DEEPEST);
  return isRecord(plain) ? plain : {};
}

/** A copy without what JSON cannot hold, and not endlessly deep. */
function toJson(value: unknown, depth: number): unknown {
  if (typeof value === "string") return clean(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "boolean") return value;
  if (!depth || typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) return value.map((item) => toJson(item, depth - 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [clean(key), toJson(item, depth - 1)]));
}

function clean(text: string): string {
  return toWellFormed(text).replace(/\0/g, "\uFFFD");
}

function bytes(output: Output): number {
  return new TextEncoder().encode(JSON.stringify(output)).length + 1;
}
