import { gettext, interpolate } from "../i18n";
import type { Output } from "../types";
import { copyButton } from "./copy";
import { element } from "./element";
import { scrolling } from "./scroll";
import { Terminal } from "./terminal";
import { shorten, toText } from "./text";

const LONGEST_MESSAGE = 4_000;
const CELL_LINE = /\bCell In ?\[(\d{1,9}| |\*)?\], line (\d{1,9})/g;

export type TraceLink = (executionCount: number | null, line: number) => void;

/** An exception: its name and message, then the way to it, with links to the learner's own lines. */
export function renderFailure(output: Output, onTraceLink: TraceLink): HTMLElement {
  const name = shorten(plainText(output.ename) || gettext("Error"), 200);
  const message = shorten(plainText(output.evalue), LONGEST_MESSAGE);
  const title = element("p", "output-failure-title", [element("strong", "", name)]);
  if (message) title.append(": ", element("span", "output-failure-message", message));
  const block = element("div", "output-failure", [title]);
  const lines = Array.isArray(output.traceback) ? output.traceback : [output.traceback];
  const whole = plainText(lines.filter((part) => typeof part === "string").join("\n"));
  const traceback = withoutHead(whole, name);
  if (traceback) block.append(fold(traceback, onTraceLink, whole));
  return block;
}

function fold(traceback: string, onTraceLink: TraceLink, whole: string): HTMLElement {
  const text = element("pre", "output-traceback", linked(traceback, onTraceLink));
  const box = element("div", "output-text", [scrolling(text, gettext("Traceback, scrolls")), copyButton(() => whole)]);
  return element("details", "output-fold", [element("summary", "", gettext("Traceback")), box], { open: "" });
}

/** Text without colours, whatever it was. */
function plainText(value: unknown): string {
  const text = toText(value);
  if (!text) return "";
  const terminal = new Terminal();
  terminal.write(text);
  return terminal.text.trimEnd();
}

/** Without the ruler and the headline that IPython puts first: the title has said it. */
function withoutHead(traceback: string, name: string): string {
  const lines = traceback.split("\n");
  if (/^-{20,}$/.test(lines[0] ?? "")) lines.shift();
  if (lines[0]?.startsWith(name) && lines[0].endsWith("Traceback (most recent call last)")) lines.shift();
  return lines.join("\n").replace(/^\n+/, "");
}

function linked(text: string, onTraceLink: TraceLink): Node[] {
  const parts: Node[] = [];
  let from = 0;
  for (const found of text.matchAll(CELL_LINE)) {
    parts.push(document.createTextNode(text.slice(from, found.index)), link(found, onTraceLink));
    from = found.index + found[0].length;
  }
  parts.push(document.createTextNode(text.slice(from)));
  return parts;
}

function link(found: RegExpMatchArray, onTraceLink: TraceLink): HTMLElement {
  const count = Number(found[1]) || null;
  const line = Number(found[2]);
  const words = interpolate(gettext("Go to line %(line)s"), { line });
  const button = element("button", "output-trace-link", found[0], { type: "button", title: words });
  button.addEventListener("click", () => onTraceLink(count, line));
  return button;
}
