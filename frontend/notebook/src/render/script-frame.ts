import { gettext } from "../i18n";
import { element } from "./element";
import { isRecord, toWhole } from "./text";

const LEAST_HEIGHT = 24;
const MOST_HEIGHT = 640;

/** Frames by the window in them. A frame has no origin, so its window alone tells whose message came. */
const frames = new WeakMap<object, HTMLIFrameElement>();
let isListening = false;

/**
 * HTML that brings scripts, in a frame without origin, cookies and network. The page at `url` gets
 * `{html, theme}` and answers `{height}`; more than that is not read from it.
 */
export function scriptFrame(html: string, url: string): HTMLElement {
  listen();
  const frame = element("iframe", "output-frame", [], {
    sandbox: "allow-scripts",
    src: url,
    title: gettext("Output with scripts of its own"),
    loading: "lazy",
    referrerpolicy: "no-referrer",
  });
  frame.addEventListener("load", () => {
    const inside = frame.contentWindow;
    if (!inside) return;
    frames.set(inside, frame);
    inside.postMessage({ html, theme: theme() }, "*"); // without origin there is none to name
  });
  return frame;
}

function listen(): void {
  if (isListening) return;
  isListening = true;
  window.addEventListener("message", (event: MessageEvent<unknown>) => {
    const frame = event.source ? frames.get(event.source) : undefined;
    const height = isRecord(event.data) ? toWhole(event.data["height"], LEAST_HEIGHT, MOST_HEIGHT) : null;
    if (frame && height !== null) frame.style.blockSize = `${height}px`;
  });
}

function theme(): "light" | "dark" {
  const chosen = document.documentElement.dataset["theme"];
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
