/** Long lines go on below, a step further in than they began: nothing has to be scrolled sideways on a phone. */
import { type Extension, RangeSetBuilder } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";

const TAB = 4;
const MOST = 24; // columns; further in there is no room left on a phone

/** Columns of blanks that the line begins with. */
export function indentOf(line: string): number {
  let columns = 0;
  for (const sign of line) {
    if (sign === " ") columns += 1;
    else if (sign === "\t") columns += TAB - (columns % TAB);
    else break;
  }
  return Math.min(columns, MOST);
}

/** notebook.css hangs lines by this property. */
export const INDENT = "--nb-indent";

function decorate(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = view.state.doc.lineAt(at);
      const style = `${INDENT}: ${indentOf(line.text)}`;
      builder.add(line.from, line.from, Decoration.line({ attributes: { style } }));
      at = line.to + 1;
    }
  }
  return builder.finish();
}

const hanging = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = decorate(view);
    }

    update(update: ViewUpdate) {
      if (update.docChanged || update.viewportChanged) this.decorations = decorate(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

export const wrapping: Extension = [EditorView.lineWrapping, hanging];
