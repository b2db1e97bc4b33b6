import { gettext } from "../i18n";
import { element } from "./element";
import { sanitiseRich } from "./sanitise";
import { scriptFrame } from "./script-frame";
import { scrolling } from "./scroll";
import { addShadowStyle } from "./shadow-style";

const LONGEST = 3_000_000;
const OWN_COLOURS = /(?:^|[\s;{"'])(?:background(?:-color)?|color)\s*:/i;

/**
 * HTML as it may be shown: with scripts in a frame of its own, all else sanitised in a shadow root.
 * Null where it is too long, or where nothing is left of it.
 */
export function renderHtml(html: string, scriptFrameUrl: string): HTMLElement | null {
  if (!html.trim() || html.length > LONGEST) return null;
  if (/<script[\s/>]/i.test(html) && scriptFrameUrl) return scriptFrame(html, scriptFrameUrl);
  const content = sanitiseRich(html);
  if (!content.textContent?.trim() && !content.querySelector("img, audio, video, hr, table, progress, meter, div")) {
    return null;
  }
  nameHeaders(content);
  return scrolling(inShadow(content), gettext("Output, scrolls"));
}

function inShadow(content: DocumentFragment): HTMLElement {
  const host = element("div");
  const root = host.attachShadow({ mode: "open" });
  root.append(content);
  // The wall is around the host, since styles inside may restyle the host itself.
  const wall = element("div", "output-html", [host]);
  if (hasOwnColours(root)) wall.classList.add("is-light");
  addShadowStyle(root); // last: it has colours too
  return wall;
}

/** Colours that an author chose for white paper cannot be read on a dark one. */
function hasOwnColours(root: ShadowRoot): boolean {
  const styles = [...root.querySelectorAll("style")].map((style) => style.textContent ?? "");
  const inline = [...root.querySelectorAll("[style]")].map((styled) => styled.getAttribute("style") ?? "");
  return [...styles, ...inline].some((css) => OWN_COLOURS.test(css)) || root.querySelector("[bgcolor], font[color]") !== null;
}

/** Says of each header what it heads; pandas does not, and leaves corners empty. */
function nameHeaders(content: DocumentFragment): void {
  for (const header of content.querySelectorAll("th:not([scope])")) {
    if (header.textContent?.trim()) header.setAttribute("scope", header.closest("thead") ? "col" : "row");
    else header.setAttribute("role", "cell");
  }
}
