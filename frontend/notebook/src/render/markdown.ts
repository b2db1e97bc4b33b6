import createMarkdown, { type MarkdownIt } from "markdown-it";
import { gettext } from "../i18n";
import { element } from "./element";
import { setMaths } from "./maths";
import { addMathsSyntax } from "./maths-syntax";
import { isSafeLink, isSafePicture, sanitisePlain } from "./sanitise";

const LONGEST = 200_000;
/** The page's own title is the only heading above those of a text. */
const TOP_LEVEL = 2;

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
  renderer.core.ruler.push("place_headings", (state) => placeHeadings(state.tokens));
  return renderer;
}

/** The highest level that a text uses becomes the one below the page's title, and no level is jumped over. */
function placeHeadings(tokens: { type: string; tag: string }[]): void {
  const headings = tokens.filter(({ type }) => /^heading_(?:open|close)$/.test(type));
  const levelOf = ({ tag }: { tag: string }): number => Number(tag[1]);
  const highest = Math.min(...headings.map(levelOf));
  let deepest = TOP_LEVEL;
  for (const heading of headings) {
    const level = Math.min(levelOf(heading) - highest + TOP_LEVEL, deepest);
    heading.tag = `h${level}`;
    if (heading.type === "heading_close") deepest = Math.min(6, level + 1);
  }
}
