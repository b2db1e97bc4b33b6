import { gettext, interpolate } from "../i18n";
import { element } from "./element";
import { shorten, toRecord, toText, toWellFormed, toWhole, type Unknown } from "./text";

const LONGEST = 20_000_000; // characters of a data URL

/** A picture of the given kind, which opens in full size; null if the data are none. */
export function renderPicture(mime: string, value: unknown, data: Unknown, metadata: Unknown): HTMLElement | null {
  const text = toText(value);
  const url = text && addressOf(mime, text);
  if (!url) return null;
  const about = toRecord(metadata[mime]);
  const alt = nameOf(about, data);
  const picture = element("img", "", [], { src: url, alt, decoding: "async" });
  for (const side of ["width", "height"] as const) {
    const size = toWhole(about[side] ?? metadata[side], 1, 10_000);
    if (size !== null) picture.setAttribute(side, String(size));
  }
  const hint = element("span", "visually-hidden", gettext("Show in full size"));
  const button = element("button", "output-picture", [picture, hint], { type: "button" });
  button.addEventListener("click", () => showFullSize(url, alt));
  return button;
}

function addressOf(mime: string, text: string): string | null {
  if (text.length > LONGEST) return null;
  if (mime === "image/svg+xml") {
    return /<svg[\s>]/i.test(text) ? `data:${mime};charset=utf-8,${encodeURIComponent(toWellFormed(text))}` : null;
  }
  const base64 = text.replace(/\s+/g, "");
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? `data:${mime};base64,${base64}` : null;
}

/** What the author says of it, else what Python does. */
function nameOf(about: Unknown, data: Unknown): string {
  const said = toText(about["alt"]) || toText(data["text/plain"]);
  const plain = (said ?? "").replace(/^<|>$/g, "").trim();
  return plain ? shorten(plain, 500) : gettext("Picture made by this cell");
}

function showFullSize(url: string, alt: string): void {
  const picture = element("img", "", [], { src: url, alt });
  const place = element("div", "output-full-place", [picture], { tabindex: "0", role: "group", "aria-label": alt });
  const close = element("button", "output-full-close", gettext("Close"), { type: "button" });
  const label = interpolate(gettext("Full size: %(name)s"), { name: alt });
  const dialog = element("dialog", "output-full", [close, place], { "aria-label": label, "hx-disable": "" });
  const before = document.activeElement;
  const end = (): void => {
    dialog.remove();
    if (before instanceof HTMLElement) before.focus();
  };
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => event.stopPropagation()); // the notebook's keys rest meanwhile
  dialog.addEventListener("close", end);
  document.body.append(dialog);
  dialog.showModal();
}
