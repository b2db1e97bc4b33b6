import * as base from "@jupyter-widgets/base";
import * as controls from "@jupyter-widgets/controls";
import { gettext } from "../i18n";
import { setMaths } from "../render/maths";
import { sanitiseWidget } from "../render/sanitise";
import { toText } from "../render/text";
import { OutputModel, OutputView } from "./output";

type StringView = InstanceType<typeof controls.HTMLView>;

function show(view: StringView): void {
  view.content.replaceChildren(sanitiseWidget(toText(view.model.get("value")) ?? ""));
}

/** The library's own view writes HTML as it comes. */
class HTMLView extends controls.HTMLView {
  override update(): void {
    show(this);
  }
}

class HTMLMathView extends controls.HTMLMathView {
  override update(): void {
    show(this);
    void setMaths(this.content);
  }
}

// The library puts names from the kernel into its message as HTML.
base.ErrorWidgetView.prototype.generateErrorMessage = () => ({
  msg: gettext("This widget could not be shown."),
  stack: "",
});

const MODULES: Readonly<Record<string, object>> = {
  "@jupyter-widgets/base": base,
  "@jupyter-widgets/controls": { ...controls, HTMLView, HTMLMathView },
  "@jupyter-widgets/output": { OutputModel, OutputView },
};

/** The class of a model or view, of the three libraries that are here. Rejects for all else. */
export async function findClass(name: string, module: string): Promise<typeof base.WidgetModel | typeof base.WidgetView> {
  const known = Object.hasOwn(MODULES, module) ? (MODULES[module] as Record<string, unknown>) : {};
  const found = /^\w{1,60}(?:Model|View)$/.test(name) ? known[name] : undefined;
  if (typeof found !== "function") throw new Error("unknown widget");
  return found as typeof base.WidgetModel;
}
