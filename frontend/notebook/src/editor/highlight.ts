/** Colours of code: the class names that the site's other pages use, for editors and for plain text alike. */
import { pythonLanguage } from "@codemirror/lang-python";
import { highlightCode, tagHighlighter, tags } from "@lezer/highlight";
import { INDENT, indentOf } from "./wrapping";

export const highlighter = tagHighlighter([
  { tag: [tags.keyword, tags.operatorKeyword, tags.bool, tags.null, tags.self], class: "tok-k" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], class: "tok-nf" },
  { tag: [tags.className, tags.standard(tags.name), tags.meta], class: "tok-nb" },
  { tag: [tags.string, tags.special(tags.string), tags.escape], class: "tok-s" },
  { tag: tags.number, class: "tok-m" },
  { tag: tags.comment, class: "tok-c" },
  { tag: tags.heading, class: "tok-heading" },
  { tag: tags.strong, class: "tok-strong" },
  { tag: tags.emphasis, class: "tok-emphasis" },
  { tag: [tags.link, tags.url], class: "tok-k" },
  { tag: tags.monospace, class: "tok-s" },
  { tag: [tags.processingInstruction, tags.contentSeparator], class: "tok-c" },
]);

/** Python as coloured lines. */
export function highlightPython(code: string): HTMLElement[] {
  const lines = plainLines(code);
  let line = 0;
  for (const one of lines) one.replaceChildren();
  const put = (text: string, classes: string) => {
    if (!classes) return lines[line]?.append(text);
    const span = document.createElement("span");
    span.className = classes;
    span.textContent = text;
    lines[line]?.append(span);
  };
  highlightCode(code, pythonLanguage.parser.parse(code), highlighter, put, () => {
    lines[line]?.append("\n");
    line += 1;
  });
  return lines;
}

/** The text line by line, as an editor would lay it out. */
export function plainLines(text: string): HTMLElement[] {
  const lines = text.split("\n");
  return lines.map((line, index) => {
    const made = document.createElement("span");
    made.className = "nb-line";
    made.style.setProperty(INDENT, String(indentOf(line)));
    made.textContent = index < lines.length - 1 ? `${line}\n` : line;
    return made;
  });
}
