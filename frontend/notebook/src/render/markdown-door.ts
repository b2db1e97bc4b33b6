/** Stands before the library for Markdown, which comes with the first text that needs it. */
import { element } from "./element";

/** The text as it was written, at once; as it reads, a moment later. */
export function showMarkdown(source: string): HTMLElement {
  const made = element("div", "", [element("div", "output-markdown-source", source)]);
  import("./markdown").then(
    ({ renderMarkdown }) => made.replaceChildren(renderMarkdown(source)),
    () => {}, // the line is down, or a newer site is there: the source can be read as it is
  );
  return made;
}
