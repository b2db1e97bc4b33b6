import { gettext, interpolate } from "../i18n";
import type { Output } from "../types";
import { copyButton } from "./copy";
import { element, notice } from "./element";
import { renderHtml } from "./html";
import { showMarkdown } from "./markdown-door";
import { renderLatex } from "./maths";
import { renderPicture } from "./picture";
import { scrolling } from "./scroll";
import { Terminal } from "./terminal";
import { TerminalView } from "./terminal-view";
import { isRecord, shorten, toRecord, toText, type Unknown } from "./text";

export const WIDGET = "application/vnd.jupyter.widget-view+json";
const LONGEST_JSON = 200_000;

export interface BundleOptions {
  scriptFrameUrl: string;
  /** Shows the model of this name; `fallback` makes what is shown where there is no such model. */
  renderWidget?(modelId: string, fallback: () => HTMLElement): HTMLElement;
}

interface Bundle extends BundleOptions {
  data: Unknown;
  metadata: Unknown;
}

type Renderer = (value: unknown, bundle: Bundle, mime: string) => HTMLElement | null;

/** What of a bundle is shown: the first of these kinds that there is and that can be read. */
const RENDERERS: readonly [string, Renderer][] = [
  [WIDGET, renderWidget],
  ["text/html", (value, { scriptFrameUrl }) => renderHtml(toText(value) ?? "", scriptFrameUrl)],
  ["text/markdown", (value) => renderFilled(value, showMarkdown)],
  ["text/latex", (value) => renderFilled(value, renderLatex)],
  ["image/svg+xml", renderImage],
  ["image/png", renderImage],
  ["image/jpeg", renderImage],
  ["image/gif", renderImage],
  ["application/json", (value) => (value === undefined ? null : renderText(formatJson(value), "output-json"))],
  ["application/javascript", () => notice(gettext("This output is JavaScript. It is not run here."))],
  ["text/plain", (value) => (toText(value) === null ? null : renderText(toText(value) ?? "", "output-plain"))],
];

/** The data of an output as an element, whatever they are. */
export function renderBundle(output: Output, options: BundleOptions): HTMLElement {
  const bundle = { ...options, data: toRecord(output.data), metadata: toRecord(output.metadata) };
  for (const [mime, render] of RENDERERS) {
    if (!Object.hasOwn(bundle.data, mime)) continue;
    const made = attempt(() => render(bundle.data[mime], bundle, mime));
    if (made) return made;
  }
  return renderUnknown(bundle.data);
}

function attempt(render: () => HTMLElement | null): HTMLElement | null {
  try {
    return render();
  } catch {
    return null; // the next kind may do
  }
}

function renderFilled(value: unknown, render: (text: string) => HTMLElement | null): HTMLElement | null {
  const text = toText(value);
  return text?.trim() ? render(text) : null;
}

function renderImage(value: unknown, { data, metadata }: Bundle, mime: string): HTMLElement | null {
  return renderPicture(mime, value, data, metadata);
}

function renderWidget(value: unknown, bundle: Bundle): HTMLElement | null {
  const modelId = isRecord(value) ? toText(value["model_id"]) : null;
  if (!modelId || !bundle.renderWidget) return null;
  const { [WIDGET]: _, ...rest } = bundle.data;
  return bundle.renderWidget(modelId, () => renderBundle({ output_type: "display_data", data: rest }, bundle));
}

/** Text with the colours of a terminal, and a button that copies it. */
export function renderText(text: string, className: string): HTMLElement {
  const terminal = new Terminal();
  terminal.write(text);
  const view = new TerminalView(terminal, className);
  view.render();
  const parts = [scrolling(view.element, gettext("Output, scrolls")), copyButton(() => terminal.text)];
  if (terminal.isCut) parts.unshift(cutNotice());
  return element("div", "output-text", parts);
}

/** Said above a text whose beginning fell out. */
export function cutNotice(): HTMLElement {
  return notice(gettext("Long output: only its last 100,000 characters are kept."));
}

function formatJson(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return text.length > LONGEST_JSON ? shorten(text, LONGEST_JSON) : text;
}

function renderUnknown(data: Unknown): HTMLElement {
  const kinds = Object.keys(data).slice(0, 5).map((kind) => shorten(kind, 60));
  if (!kinds.length) return notice(gettext("This output is empty."));
  return notice(interpolate(gettext("This output cannot be shown here (%(kinds)s)."), { kinds: kinds.join(", ") }));
}
