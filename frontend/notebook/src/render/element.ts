/** Makes an element: its class, attributes, and what is in it. Texts are never read as HTML. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = "",
  content: (Node | string)[] | string = [],
  attributes: Readonly<Record<string, string>> = {},
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className) made.className = className;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...(typeof content === "string" ? [content] : content));
  return made;
}

/** A sentence of ours among the outputs. */
export function notice(text: string): HTMLElement {
  return element("p", "output-notice", text);
}
