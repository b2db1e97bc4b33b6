/** The documentation of what stands at the cursor, in a box beside it. */
import { type EditorState, type Extension, Prec, StateEffect, StateField } from "@codemirror/state";
import { type EditorView, keymap, showTooltip, type Tooltip } from "@codemirror/view";
import { gettext } from "../i18n";
import type { InspectReply } from "../types";
import { toCodePoints } from "./offsets";

/** Null: nobody can be asked just now. */
export type Inspect = (code: string, cursor: number) => Promise<InspectReply | null>;

export interface Inspecting {
  inspect: Inspect;
  announce(text: string): void;
}

const MOST_SHOWN = 12_000;
const MOST_SAID = 300;
// Escape sequences of a terminal: the box has colours of its own.
const ANSI = /\u001b\[[0-9;]*[A-Za-z]/g;

const setTooltip = StateEffect.define<Tooltip | null>();

const field = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(setTooltip)) return effect.value;
    return transaction.docChanged || transaction.selection ? null : shown;
  },
  provide: (from) => showTooltip.from(from),
});

export function close(view: EditorView): boolean {
  if (!view.state.field(field, false)) return false;
  view.dispatch({ effects: setTooltip.of(null) });
  return true;
}

/** Where the cursor has nothing but blanks before it, Shift+Tab takes indentation back instead. */
export function canInspect(state: EditorState): boolean {
  const { main } = state.selection;
  return main.empty && state.doc.sliceString(state.doc.lineAt(main.head).from, main.head).trim() !== "";
}

export async function open(view: EditorView, { inspect, announce }: Inspecting): Promise<void> {
  const { state } = view;
  const code = state.doc.toString();
  const at = state.selection.main.head;
  const reply = await inspect(code, toCodePoints(code, at));
  if (view.state.doc !== state.doc || view.state.selection.main.head !== at) return;
  const text = words(reply);
  view.dispatch({ effects: setTooltip.of(tooltip(view, at, text)) });
  announce(text.slice(0, MOST_SAID));
}

function words(reply: InspectReply | null): string {
  if (!reply) return gettext("Python cannot be asked just now. Try again when no cell is running.");
  const text = reply.found ? plain(reply.data["text/plain"]) : "";
  return text || gettext("Nothing is known about this yet. Run the cells that define it first.");
}

function plain(value: unknown): string {
  return typeof value === "string" ? value.replace(ANSI, "").slice(0, MOST_SHOWN).trim() : "";
}

function tooltip(view: EditorView, pos: number, text: string): Tooltip {
  return {
    pos,
    above: true,
    create() {
      const dom = document.createElement("div");
      dom.className = "nb-doc";
      dom.setAttribute("role", "group");
      dom.tabIndex = 0;
      dom.setAttribute("aria-label", gettext("Documentation"));
      dom.textContent = text;
      dom.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" && event.key !== "Tab") return;
        event.preventDefault();
        close(view);
        view.focus();
      });
      return { dom };
    },
  };
}

/** Shift+Tab and Ctrl+I (Cmd+I) open it, and go into it to scroll when it is open; Escape closes it. */
export function inspection(inspecting: Inspecting): Extension {
  const run = (view: EditorView) => {
    if (view.state.field(field)) document.querySelector<HTMLElement>(".nb-doc")?.focus();
    else void open(view, inspecting);
    return true;
  };
  const onShiftTab = (view: EditorView) => canInspect(view.state) && run(view);
  return [
    field,
    Prec.high(
      keymap.of([
        { key: "Shift-Tab", run: onShiftTab },
        { key: "Mod-i", run, preventDefault: true },
        { key: "Ctrl-i", run, preventDefault: true },
        { key: "Escape", run: close },
      ]),
    ),
  ];
}
