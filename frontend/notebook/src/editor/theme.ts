/** The editor in the site's tokens, which know by themselves whether it is day or night. */
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

// Text lies on the lines of the paper: notebook.css draws them every 1.5em, also under code not yet in an editor.
export const theme: Extension = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--mono)",
    fontSize: "1rem",
    lineHeight: "1.5",
    fontVariantLigatures: "none",
    overscrollBehaviorX: "contain",
  },
  ".cm-content": { padding: "var(--space-3) 0", caretColor: "var(--ink)", minBlockSize: "3rem" },
  ".cm-line": {
    padding: "0 var(--space-4)",
    // As .nb-line of notebook.css: what goes on below hangs a step further in.
    paddingInlineStart: "calc(var(--space-4) + var(--nb-hang, 0px))",
    textIndent: "calc(-1 * var(--nb-hang, 0px))",
  },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": {
    backgroundColor: "color-mix(in srgb, var(--accent-wash) 55%, transparent)",
  },
  ".cm-content ::selection, &.cm-focused .cm-content ::selection": {
    backgroundColor: "var(--accent)",
    color: "var(--on-accent)",
  },
  "&.cm-focused .cm-matchingBracket, .cm-matchingBracket": {
    backgroundColor: "var(--hours-wash)",
    outline: "1px solid var(--hours)",
  },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--fail-wash)" },
  ".cm-placeholder": { color: "var(--ink-soft)", textIndent: "0" },
  ".cm-tooltip": {
    zIndex: "60",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius)",
    backgroundColor: "var(--sheet)",
    color: "var(--ink)",
    boxShadow: "0 12px 32px -12px #0006",
    overflow: "hidden",
  },
  ".cm-tooltip.nb-doc": {
    boxSizing: "border-box",
    maxInlineSize: "min(44rem, calc(100vw - 1.5rem))",
    maxBlockSize: "min(20rem, 45vh)",
    overflow: "auto",
    padding: "var(--space-3) var(--space-4)",
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
    font: "400 var(--text-s) / 1.5 var(--mono)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--mono)",
    fontSize: "var(--text-s)",
    maxBlockSize: "min(16rem, 40vh)",
    maxInlineSize: "calc(100vw - 1.5rem)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.2em 0.75em 0.2em 0.4em", lineHeight: "1.5" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--on-accent)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected] :is(.cm-completionDetail, .cm-completionIcon)": {
    color: "var(--on-accent)",
    opacity: "1",
  },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { color: "var(--ink-soft)", fontStyle: "normal", marginInlineStart: "1.25em" },
  ".cm-completionIcon": { color: "var(--ink-soft)", opacity: "1", paddingInlineEnd: "1.1em" },
  "@media (pointer: coarse)": {
    ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { paddingBlock: "0.6em" },
  },
});
