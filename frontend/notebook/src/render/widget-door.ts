import type { CommMessage, Kernel, Output, OutputArea, OutputAreaOptions } from "../types";
import type { WidgetHost } from "../widgets/host";
import { element } from "./element";
import { toRecord } from "./text";

const MOST_MESSAGES = 20_000;
const MOST_HELD = 2_000;

/** What an area was told, and an Output widget took. */
export type Captured =
  | { kind: "add"; output: Output }
  | { kind: "clear"; wait: boolean }
  | { kind: "update"; displayId: string; output: Output };

export type Sink = (what: Captured) => void;

const doors = new WeakMap<Kernel, WidgetDoor>();

/** The one door of a kernel. */
export function widgetsOf(kernel: Kernel, options: OutputAreaOptions): WidgetDoor {
  let door = doors.get(kernel);
  if (!door) doors.set(kernel, (door = new WidgetDoor(kernel, options)));
  return door;
}

/**
 * Stands between outputs and the library of widgets, which is large and comes only when a widget does. Until it
 * is there, the kernel's messages to widgets wait here; and which Output widget captures is known at once.
 */
export class WidgetDoor {
  private readonly log: CommMessage[] = [];
  private readonly models = new Set<string>(); // opened while this page was there
  private readonly outputModels = new Set<string>();
  private captures: string[] = []; // the innermost last
  private readonly sinks = new Map<string, Sink>();
  private readonly held = new Map<string, Captured[]>();
  private host: WidgetHost | null = null;
  private loading: Promise<WidgetHost> | null = null;

  constructor(
    private readonly kernel: Kernel,
    private readonly options: OutputAreaOptions,
  ) {
    kernel.onComm((message) => this.take(message));
    kernel.onFresh(() => this.forget());
    kernel.onState((state) => {
      if (state !== "busy") this.captures = []; // nothing runs, so nothing captures
    });
  }

  /** Gives it to the Output widget that captures; false if none does. */
  capture(what: Captured): boolean {
    const id = this.captures.at(-1);
    if (id === undefined) return false;
    const sink = this.sinks.get(id);
    if (sink) sink(what);
    else this.hold(id, what);
    return true;
  }

  /** Output widgets may hold the display, too. */
  update(displayId: string, output: Output): void {
    for (const sink of this.sinks.values()) sink({ kind: "update", displayId, output });
  }

  /** From now on the sink gets what that Output widget captures, and now what it captured already. */
  connect(id: string, sink: Sink): void {
    this.sinks.set(id, sink);
    for (const what of this.held.get(id) ?? []) sink(what);
    this.held.delete(id);
  }

  /** The model's view, once it is there; for outputs of earlier sessions, until then, what else they have. */
  render(modelId: string, fallback: () => HTMLElement, { isSaved, area }: { isSaved: boolean; area: OutputArea }): HTMLElement {
    const place = element("div", "output-widget", isSaved && !this.models.has(modelId) ? [fallback()] : []);
    const show = (): void => {
      this.show(modelId, place, area).then(
        (isShown) => isShown || place.replaceChildren(fallback()),
        () => place.replaceChildren(fallback()),
      );
    };
    if (!isSaved || this.models.has(modelId)) show();
    else this.whenAlive(modelId, show);
    return place;
  }

  private async show(modelId: string, place: HTMLElement, area: OutputArea): Promise<boolean> {
    return (await this.load()).show(modelId, place, area);
  }

  /** Asks, once a kernel is there, whether the model is still alive in it. */
  private whenAlive(modelId: string, show: () => void): void {
    const ask = async (): Promise<void> => {
      const comms = await this.kernel.comms().catch(() => ({}));
      if (Object.hasOwn(comms, modelId)) show();
    };
    if (this.kernel.state === "ready") return void ask();
    const stop = this.kernel.onState((state) => {
      if (state !== "ready") return;
      stop();
      void ask();
    });
  }

  private take(message: CommMessage): void {
    this.follow(message);
    if (this.host) this.host.take(message);
    else if (this.models.has(message.comm_id) && this.log.length < MOST_MESSAGES) this.log.push(message);
    if (message.type === "comm_close") this.models.delete(message.comm_id);
  }

  /** Notes which models there are, and which Output widget captures. */
  private follow({ type, comm_id, target_name, data }: CommMessage): void {
    const state = toRecord(toRecord(data)["state"]);
    if (type === "comm_open" && target_name === "jupyter.widget") {
      this.models.add(comm_id);
      if (state["_model_name"] === "OutputModel") this.outputModels.add(comm_id);
      this.load().catch(() => undefined); // whoever shows a widget hears of it
    }
    if (!this.outputModels.has(comm_id)) return;
    if (type === "comm_close") {
      this.captures = this.captures.filter((id) => id !== comm_id);
      this.outputModels.delete(comm_id);
    } else if (typeof state["msg_id"] === "string") {
      this.captures = this.captures.filter((id) => id !== comm_id);
      if (state["msg_id"]) this.captures.push(comm_id);
    }
  }

  private hold(id: string, what: Captured): void {
    const held = this.held.get(id) ?? [];
    if (held.length < MOST_HELD) held.push(what);
    this.held.set(id, held);
  }

  private load(): Promise<WidgetHost> {
    this.loading ??= import("../widgets/host").then(
      ({ createHost }) => {
        this.host = createHost(this.kernel, this, this.options);
        for (const message of this.log.splice(0)) this.host.take(message);
        return this.host;
      },
      (error: unknown) => {
        this.loading = null; // the next widget tries again
        throw error;
      },
    );
    return this.loading;
  }

  /** The kernel is another one: its widgets are gone. */
  private forget(): void {
    this.log.length = 0;
    this.captures = [];
    for (const known of [this.models, this.outputModels, this.sinks, this.held]) known.clear();
    this.host?.forget();
  }
}
