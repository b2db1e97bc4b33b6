import { element } from "../render/element";
import text from "./library.css?text";

let isThere = false;

/** Gives the page the library's style sheet. */
export function addStyle(): void {
  if (isThere) return;
  isThere = true;
  if ("adoptedStyleSheets" in document && "replaceSync" in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets.push(sheet);
  } else document.head.append(element("style", "", text));
}
