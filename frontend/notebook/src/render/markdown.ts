import createMarkdown, { type MarkdownIt } from "markdown-it";
import { gettext } from "../i18n";
import { element } from "./element";
import { setMaths } from "./maths";
import { addMathsSyntax } from "./maths-syntax";
import { isSafeLink, isSafePicture, sanitisePlain } from "./sanitise";

const LONGEST = 200_000;
/** Notebooks stand below a page's own two levels of headings. */
const TOP_LEVEL = 3;

let renderer: MarkdownIt | undefined;

/**
 * Markdown as an element: no HTML in it, links to the web and to mail only, pictures only when they carry
 * themselves. Formulas are TeX at first and are set as soon as KaTeX is there.
 */
export function renderMarkdown(source: string): HTMLElement {
  const made = element("div", "prose output-markdown");
  try {
    made.append(sanitisePlain(markdown().render(source.slice(0, LONGEST))));
  } catch {
    made.append(element("pre", "", source.slice(0, LONGEST)));
  }
  for (const picture of made.querySelectorAll("img:not([src])")) picture.replaceWith(picture.getAttribute("alt") ?? "");
  for (const display of made.querySelectorAll<HTMLElement>(".math-display")) {
    display.className = "math";
    display.dataset["display"] = "";
  }
  if (source.length > LONGEST) made.append(element("p", "output-notice", gettext("The rest of this text is too long to be shown.")));
  void setMaths(made);
  return made;
}

function markdown(): MarkdownIt {
  if (renderer) return renderer;
  renderer = createMarkdown("commonmark", { html: false, linkify: false, typographer: false });
  renderer.enable(["table", "strikethrough"]);
  renderer.validateLink = (address) => isSafeLink(address) || isSafePicture(address);
  addMathsSyntax(renderer);
  renderer.core.ruler.push("lower_headings", (state) => {
    for (const token of state.tokens) {
      if (!/^heading_(?:open|close)$/.test(token.type)) continue;
      token.tag = `h${Math.min(6, Number(token.tag[1]) + TOP_LEVEL - 1)}`;
    }
  });
  return renderer;
}
