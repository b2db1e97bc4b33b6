import { element } from "./element";

/** A style sheet that many roots share. Browsers that know no such sheet (Safari before 16.4) get an element in each. */
export function sharedStyle(css: string): (root: Document | ShadowRoot) => void {
  let sheet: CSSStyleSheet | undefined;
  const given = new WeakSet<Document | ShadowRoot>();
  return (root) => {
    if (given.has(root)) return;
    given.add(root);
    if ("adoptedStyleSheets" in root && "replaceSync" in CSSStyleSheet.prototype) {
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(css);
      }
      root.adoptedStyleSheets.push(sheet);
    } else ((root as Document).head ?? root).append(element("style", "", css));
  };
}
