import { ErrorWidgetView, type DOMWidgetModel, type DOMWidgetView, type ICallbacks, type IClassicComm, type WidgetView } from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import { Widget } from "@lumino/widgets";
import { newId } from "../kernel/ids";
import { sanitiseWidget } from "../render/sanitise";
import type { WidgetDoor } from "../render/widget-door";
import type { CommMessage, Kernel, OutputArea, OutputAreaOptions } from "../types";
import { Comm, toJupyter } from "./comm";
import { findClass } from "./views";

const WIDGETS = "jupyter.widget";
const FRAMES_TO_WAIT = 120;

/** The models of one kernel, and their views on the page. */
export class Manager extends ManagerBase {
  private readonly lines = new Map<string, Comm>();
  private restoring: Promise<void> | null = null;

  constructor(
    private readonly kernel: Kernel,
    readonly door: WidgetDoor,
    readonly options: OutputAreaOptions,
  ) {
    super();
  }

  take(message: CommMessage): void {
    const line = this.lines.get(message.comm_id);
    if (message.type === "comm_open" && message.target_name === WIDGETS) this.open(message);
    else line?.take(message);
    if (message.type === "comm_close") this.lines.delete(message.comm_id);
  }

  /** Puts a view of the model into the page; false where there is no such model, or no view of it. */
  async show(modelId: string, place: HTMLElement, area: OutputArea): Promise<boolean> {
    if (!this.has_model(modelId)) await this.restore();
    if (!this.has_model(modelId)) return false;
    const model = (await this.get_model(modelId)) as DOMWidgetModel;
    const view = await this.create_view<DOMWidgetView>(model, { area });
    if (view instanceof ErrorWidgetView || !(await isInPage(place))) return false;
    place.replaceChildren();
    Widget.attach(view.luminoWidget, place);
    return true;
  }

  /** Prints of a widget's own code go where the widget stands. */
  override callbacks(view?: WidgetView): ICallbacks {
    const area = view && areaOf(view);
    if (!area) return {};
    const iopub: unknown = {
      output: (output: Parameters<OutputArea["add"]>[0]) => area.add(output),
      clear_output: (wait: boolean) => area.clear(wait),
    };
    return { iopub } as ICallbacks;
  }

  override inline_sanitize(source: string): string {
    const place = document.createElement("div");
    place.append(sanitiseWidget(source));
    return place.innerHTML;
  }

  protected override loadClass(name: string, module: string): ReturnType<typeof findClass> {
    return findClass(name, module);
  }

  protected override async _create_comm(
    target: string,
    id = newId(),
    data?: unknown,
    metadata?: unknown,
    buffers?: ArrayBuffer[] | ArrayBufferView[],
  ): Promise<IClassicComm> {
    const line = new Comm(this.kernel, id, target);
    this.lines.set(id, line);
    if (data !== undefined || metadata !== undefined) line.open(data, undefined, metadata, buffers);
    return line;
  }

  protected override async _get_comm_info(): Promise<Record<string, unknown>> {
    const all = await this.kernel.comms();
    return Object.fromEntries(Object.entries(all).filter(([, { target_name }]) => target_name === WIDGETS));
  }

  /** Asks the kernel for models that it made before this page was there. */
  private restore(): Promise<void> {
    this.restoring ??= this._loadFromKernel()
      .catch(() => undefined)
      .finally(() => (this.restoring = null));
    return this.restoring;
  }

  private open(message: CommMessage): void {
    const line = new Comm(this.kernel, message.comm_id, WIDGETS);
    this.lines.set(message.comm_id, line);
    type Opened = Parameters<ManagerBase["handle_comm_open"]>[1];
    try {
      this.handle_comm_open(line, toJupyter(message) as unknown as Opened).catch(() => undefined);
    } catch {
      this.lines.delete(message.comm_id); // a message without the parts that it should have
    }
  }
}

function areaOf(view: WidgetView): OutputArea | null {
  for (let at: WidgetView | undefined = view; at; at = at.options?.parent) {
    if (at.options?.area) return at.options.area as OutputArea;
  }
  return null;
}

/** Waits some frames for an output to be put into the page: views measure themselves there. */
async function isInPage(place: HTMLElement): Promise<boolean> {
  for (let frame = 0; frame < FRAMES_TO_WAIT && !place.isConnected; frame += 1) {
    await new Promise((next) => setTimeout(next, 16));
  }
  return place.isConnected;
}
