import createDOMPurify, { type Config, type DOMPurify } from "dompurify";

/** What could be operated, would ask our server for something, or leaves its place in the page. */
const FORBIDDEN_TAGS = [
  ..."form input button textarea select option optgroup datalist fieldset legend output label".split(" "),
  ..."dialog slot template map area base link meta marquee menu search portal".split(" "),
];
const FORBIDDEN_ATTRIBUTES = [
  ..."popover popovertarget popovertargetaction command commandfor action formaction method enctype".split(" "),
  ..."srcset sizes background poster cite longdesc usemap ping download target autofocus accesskey".split(" "),
  ..."contenteditable tabindex slot part exportparts is itemid itemtype name autoplay inert draggable".split(" "),
];
const LINK = /^(?:https?:\/\/|mailto:)/i;
const PICTURE = /^data:image\/(?:png|jpeg|gif|webp|svg\+xml)[;,]/i;
const SOUND = /^data:(?:audio|video)\/[\w.+-]+[;,]/i;
/** Styles that load something, or reach out of a shadow root. */
const UNSAFE_STYLE = /@import|@font-face|@namespace|@property|@view-transition|url\s*\(|image-set\s*\(|image\s*\(|src\s*\(|element\s*\(|cross-fade\s*\(|expression|behavior\s*:|-moz-binding|:host|::slotted|::part|anchor\s*\(|view-transition|attr\s*\(/i;

/** Settings of HTML outputs, which end in a shadow root: styles may stay there. */
const RICH: Config = {
  USE_PROFILES: { html: true },
  ALLOW_DATA_ATTR: false,
  ALLOW_UNKNOWN_PROTOCOLS: false,
  FORCE_BODY: true, // keeps a leading <style>
  FORBID_TAGS: FORBIDDEN_TAGS,
  FORBID_ATTR: FORBIDDEN_ATTRIBUTES,
};
/** Settings of the texts of widgets, which stand in the page itself. */
const WIDGET: Config = {
  ...RICH,
  FORBID_TAGS: [...FORBIDDEN_TAGS, "style", "audio", "video", "source", "track"],
  FORBID_ATTR: [...FORBIDDEN_ATTRIBUTES, "id"],
};
/** Settings of what Markdown made. */
const PLAIN: Config = { ...WIDGET, FORBID_ATTR: [...FORBIDDEN_ATTRIBUTES, "id", "style"] };

let purifier: DOMPurify | undefined;

/** HTML without scripts, handlers, forms, addresses of ours, or styles that reach out. Belongs in a shadow root. */
export function sanitiseRich(html: string): DocumentFragment {
  return purify().sanitize(html, { ...RICH, RETURN_DOM_FRAGMENT: true });
}

/** As above, without style sheets, names and sounds, and with only those classes that we give ourselves. */
export function sanitiseWidget(html: string): DocumentFragment {
  return keepOurClasses(purify().sanitize(html, { ...WIDGET, RETURN_DOM_FRAGMENT: true }));
}

/** As above, without any styles. */
export function sanitisePlain(html: string): DocumentFragment {
  return keepOurClasses(purify().sanitize(html, { ...PLAIN, RETURN_DOM_FRAGMENT: true }));
}

function keepOurClasses(fragment: DocumentFragment): DocumentFragment {
  for (const styled of fragment.querySelectorAll("[class]")) {
    const known = [...styled.classList].filter((name) => /^(?:math|math-display|language-[\w+-]{1,30})$/.test(name));
    if (known.length) styled.className = known.join(" ");
    else styled.removeAttribute("class");
  }
  return fragment;
}

function purify(): DOMPurify {
  if (purifier) return purifier;
  purifier = createDOMPurify(window);
  purifier.addHook("uponSanitizeElement", (node, data) => {
    if (data.tagName === "style" && isUnsafeStyle(node.textContent ?? "")) node.textContent = "";
  });
  purifier.addHook("uponSanitizeAttribute", (node, data) => {
    if (!isSafeAttribute(node.nodeName.toLowerCase(), data.attrName, data.attrValue)) data.keepAttr = false;
  });
  purifier.addHook("afterSanitizeAttributes", (node) => {
    if (node.nodeName !== "A" || !node.hasAttribute("href")) return;
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer");
  });
  return purifier;
}

function isSafeAttribute(tag: string, name: string, value: string): boolean {
  if (name === "style") return !isUnsafeStyle(value);
  if (name === "href") return tag === "a" && LINK.test(value.trim());
  if (name === "src") return tag === "img" ? PICTURE.test(value.trim()) : SOUND.test(value.trim());
  if (name === "xlink:href") return false;
  return !/^(?:hx-|data-|on)/i.test(name);
}

/** Whether CSS would load something or style what is not its own; seen through comments and escapes. */
export function isUnsafeStyle(css: string): boolean {
  const plain = css
    .replace(/\/\*[\s\S]*?(?:\*\/|$)/g, "")
    .replace(/\\([0-9a-f]{1,6})[ \t\r\n\f]?/gi, (_, digits: string) => {
      const code = parseInt(digits, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\uFFFD";
    })
    .replace(/\\([^0-9a-f\r\n\f])/gi, "$1");
  return UNSAFE_STYLE.test(plain);
}

/** Whether this address may stand in a link. */
export function isSafeLink(address: string): boolean {
  return LINK.test(address.trim());
}

/** Whether this is a picture that carries itself. */
export function isSafePicture(address: string): boolean {
  return PICTURE.test(address.trim());
}
