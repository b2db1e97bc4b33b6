import { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";
import { createInnerArea } from "../render/area";
import { toText } from "../render/text";
import type { Captured } from "../render/widget-door";
import type { Output, OutputArea } from "../types";
import type { Manager } from "./manager";

const MOST_KEPT = 2_000;
const MOST_JOINED = 200_000; // characters

const MODULE = "@jupyter-widgets/output";
const VERSION = "1.0.0";

/** Keeps what an Output widget captured, for each of its views. */
export class OutputModel extends DOMWidgetModel {
  private declare kept: Captured[]; // set in `initialize`, which runs before fields are

  override defaults(): Record<string, unknown> {
    return {
      ...super.defaults(),
      _model_name: "OutputModel",
      _model_module: MODULE,
      _model_module_version: VERSION,
      _view_name: "OutputView",
      _view_module: MODULE,
      _view_module_version: VERSION,
      msg_id: "",
      outputs: [],
    };
  }

  override initialize(attributes: Record<string, unknown>, options: Parameters<DOMWidgetModel["initialize"]>[1]): void {
    super.initialize(attributes as never, options);
    this.kept = [];
    this.takeAll();
    this.listenTo(this, "change:outputs", () => this.takeAll());
    (this.widget_manager as Manager).door.connect(this.model_id, (what) => this.take(what));
  }

  /** Tells an area all that was captured so far. */
  replay(area: OutputArea): void {
    for (const what of this.kept) tell(area, what);
  }

  /** The program set the outputs itself. */
  private takeAll(): void {
    const outputs: unknown = this.get("outputs");
    this.kept = (Array.isArray(outputs) ? outputs : []).map((output: Output) => ({ kind: "add", output }));
    this.trigger("kilohour:replaced");
  }

  private take(what: Captured): void {
    this.keep(what);
    this.trigger("kilohour:captured", what);
  }

  private keep(what: Captured): void {
    if (what.kind === "clear" && !what.wait) this.kept = [];
    const last = this.kept.at(-1);
    const joined = last && join(last, what);
    if (joined) this.kept[this.kept.length - 1] = joined;
    else this.kept.push(what);
    if (this.kept.length > MOST_KEPT) this.kept.shift();
  }
}

/** Shows an Output widget's outputs by the rules of every other output. */
export class OutputView extends DOMWidgetView {
  override render(): void {
    super.render();
    const model = this.model as OutputModel;
    const area = createInnerArea((model.widget_manager as Manager).options);
    this.el.append(area.element);
    model.replay(area);
    this.listenTo(model, "kilohour:captured", (what: Captured) => tell(area, what));
    this.listenTo(model, "kilohour:replaced", () => {
      area.load([]);
      model.replay(area);
    });
  }
}

function tell(area: OutputArea, what: Captured): void {
  if (what.kind === "add") area.add(what.output);
  else if (what.kind === "clear") area.clear(what.wait);
  else area.update(what.displayId, what.output);
}

/** Neighbouring prints as one, so that a long run of them does not push all else out. */
function join(last: Captured, next: Captured): Captured | null {
  if (last.kind !== "add" || next.kind !== "add") return null;
  const [one, other] = [last.output, next.output];
  if (one.output_type !== "stream" || other.output_type !== "stream" || one.name !== other.name) return null;
  const text = ((toText(one.text) ?? "") + (toText(other.text) ?? "")).slice(-MOST_JOINED);
  return { kind: "add", output: { output_type: "stream", name: one.name, text } };
}
