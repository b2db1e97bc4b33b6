/** One CodeMirror editor: what a cell is written in. */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  startCompletion,
} from "@codemirror/autocomplete";
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentLess,
  indentMore,
  insertTab,
} from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorSelection, EditorState, type Extension, Prec } from "@codemirror/state";
import { EditorView, highlightActiveLine, keymap, placeholder, tooltips } from "@codemirror/view";
import type { CellType } from "../types";
import { type Complete, completionSource, isAfterWord } from "./completion";
import { highlighter } from "./highlight";
import { type Inspecting, inspection, open } from "./inspection";
import { theme } from "./theme";
import { wrapping } from "./wrapping";

/** Keys that mean something to the notebook, not to the text. */
export type CellKey = "run" | "run-next" | "run-insert" | "leave" | "split" | "previous" | "next";

export interface EditorOptions extends Inspecting {
  type: CellType;
  source: string;
  readOnly: boolean;
  isTabStop: boolean; // at first
  hint: string; // shown while it is empty
  labelledBy: string; // ids
  describedBy: string;
  complete: Complete;
  onChange(): void;
  onFocus(): void;
  /** True when it has been dealt with. */
  onKey(key: CellKey): boolean;
}

export interface Editor {
  readonly element: HTMLElement;
  readonly source: string;
  readonly cursor: number; // UTF-16
  /** Replaces the text in a way that undo knows about. */
  setSource(source: string): void;
  focus(line?: number): void;
  focusNear(point: { x: number; y: number }): void;
  /** @param offset UTF-16 units */
  focusAt(offset: number): void;
  /** Shows what is known of what stands at the cursor. */
  inspect(): void;
  /** Whether the Tab key comes by here. */
  setTabStop(isStop: boolean): void;
  destroy(): void;
}

const BELOW_BAR = 8; // px
const STOP = EditorView.contentAttributes.of({ tabindex: "0" });
const NO_STOP = EditorView.contentAttributes.of({ tabindex: "-1" });

export function createEditor(options: EditorOptions): Editor {
  const language = new Compartment();
  const stop = new Compartment();
  const view = new EditorView({
    state: EditorState.create({
      doc: options.source,
      extensions: [keys(options), stop.of(options.isTabStop ? STOP : NO_STOP), language.of(options.type === "code" ? python() : []), writing(options), look(options)],
    }),
  });
  if (options.type === "markdown") void addMarkdown(view, language);
  return {
    element: view.dom,
    get source() {
      return view.state.doc.toString();
    },
    get cursor() {
      return view.state.selection.main.head;
    },
    setSource: (source) => replace(view, source),
    focus: (line) => focus(view, line),
    focusNear: (point) => focusAt(view, view.posAtCoords(point, false)),
    focusAt: (offset) => focusAt(view, offset),
    inspect() {
      view.focus();
      void open(view, options);
    },
    setTabStop: (isStop) => view.dispatch({ effects: stop.reconfigure(isStop ? STOP : NO_STOP) }),
    destroy: () => view.destroy(),
  };
}

/** Markdown's grammar brings HTML's, CSS's and JavaScript's along, so it comes when it is needed. */
async function addMarkdown(view: EditorView, language: Compartment): Promise<void> {
  const found = await import("@codemirror/lang-markdown").catch(() => null); // it can be written without colours
  if (!found) return;
  const { markdown } = found;
  view.dispatch({ effects: language.reconfigure(markdown()) });
}

function look(options: EditorOptions): Extension {
  return [
    theme,
    syntaxHighlighting(highlighter),
    highlightActiveLine(),
    placeholder(options.hint),
    tooltips({ position: "fixed", parent: document.body }),
    options.type === "code" ? wrapping : EditorView.lineWrapping,
    EditorView.contentAttributes.of({
      "aria-labelledby": options.labelledBy,
      "aria-describedby": options.describedBy,
      autocapitalize: "off",
      autocorrect: "off",
      spellcheck: options.type === "markdown" ? "true" : "false",
      translate: "no",
    }),
  ];
}

/** The bar lies over what is scrolled under it, which the editor does not know. */
const uncover = {
  read(view: EditorView): number {
    const bar = view.dom.closest(".nb")?.querySelector(".nb-bar");
    const line = view.coordsAtPos(view.state.selection.main.head);
    return bar && line ? bar.getBoundingClientRect().bottom + BELOW_BAR - line.top : 0;
  },
  write(covered: number): void {
    if (covered > 0) window.scrollBy({ top: -covered, behavior: "instant" });
  },
};

function writing(options: EditorOptions): Extension {
  return [
    history(),
    indentUnit.of("    "),
    EditorState.tabSize.of(4),
    EditorState.readOnly.of(options.readOnly),
    indentOnInput(),
    options.type === "code"
      ? [bracketMatching(), closeBrackets(), autocompletion({ override: [completionSource(options.complete)] })]
      : [],
    options.type === "code" ? inspection(options) : [],
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.onChange();
      if (update.selectionSet && update.view.hasFocus) update.view.requestMeasure(uncover);
      if (update.focusChanged && update.view.hasFocus) options.onFocus();
    }),
  ];
}

function keys(options: EditorOptions): Extension {
  const on = (key: CellKey) => () => options.onKey(key);
  // A list that is open, or on its way, belongs to what was being written, not to the run.
  const run = (key: CellKey) => (view: EditorView) => {
    closeCompletion(view);
    return options.onKey(key);
  };
  return [
    Prec.highest(
      keymap.of([
        { key: "Shift-Enter", run: run("run-next") },
        { key: "Mod-Enter", run: run("run") },
        { key: "Ctrl-Enter", run: run("run") },
        { key: "Alt-Enter", run: run("run-insert") },
        { key: "Ctrl-Shift--", run: on("split"), preventDefault: true },
        { key: "Ctrl-Shift-_", run: on("split"), preventDefault: true },
      ]),
    ),
    keymap.of([
      ...closeBracketsKeymap,
      { key: "Tab", run: tab },
      { key: "Shift-Tab", run: indentLess },
      { key: "Escape", run: on("leave") },
      { key: "ArrowUp", run: (view) => isAtEdge(view, "start") && options.onKey("previous") },
      { key: "ArrowDown", run: (view) => isAtEdge(view, "end") && options.onKey("next") },
      ...historyKeymap,
      // The browser's own search finds text in every cell; these belong to it or to the notebook.
      ...defaultKeymap.filter(({ key }) => key !== "Escape" && key !== "Mod-i" && key !== "Mod-Enter"),
    ]),
  ];
}

function tab(view: EditorView): boolean {
  if (acceptCompletion(view)) return true;
  const { state } = view;
  const { main } = state.selection;
  if (!main.empty) return indentMore(view);
  const before = state.doc.sliceString(state.doc.lineAt(main.head).from, main.head);
  if (isAfterWord(before) && startCompletion(view)) return true;
  if (before.trim() === "") return insertIndent(view, before.length);
  return insertTab(view);
}

/** To the next multiple of four columns. */
function insertIndent(view: EditorView, column: number): boolean {
  view.dispatch(view.state.replaceSelection(" ".repeat(4 - (column % 4))), { userEvent: "input.indent" });
  return true;
}

function isAtEdge(view: EditorView, edge: "start" | "end"): boolean {
  const { main } = view.state.selection;
  return main.empty && main.head === (edge === "start" ? 0 : view.state.doc.length);
}

function replace(view: EditorView, source: string): void {
  if (source === view.state.doc.toString()) return;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: source }, userEvent: "input.replace" });
}

function focusAt(view: EditorView, offset: number): void {
  view.dispatch({ selection: EditorSelection.cursor(Math.min(offset, view.state.doc.length)) });
  view.focus();
}

function focus(view: EditorView, line?: number): void {
  if (line !== undefined) {
    const { from } = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
    view.dispatch({
      selection: EditorSelection.cursor(from),
      effects: EditorView.scrollIntoView(from, { y: "center" }),
    });
  }
  view.focus();
}
