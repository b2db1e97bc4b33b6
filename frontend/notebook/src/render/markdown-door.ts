/** Stands before the library for Markdown, which comes with the first text that needs it. */
import { element } from "./element";

/** The text as it was written, at once; as it reads, a moment later. */
export function showMarkdown(source: string): HTMLElement {
  const made = element("div", "", [element("div", "output-markdown-source", source)]);
  void import("./markdown").then(({ renderMarkdown }) => made.replaceChildren(renderMarkdown(source)));
  return made;
}
