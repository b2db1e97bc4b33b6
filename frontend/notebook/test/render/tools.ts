import { createOutputArea } from "../../src/render";
import type { CommMessage, ExecuteHandlers, Kernel, KernelState, Output, OutputArea } from "../../src/types";

export interface Made {
  area: OutputArea;
  links: [number | null, number][];
}

/** An output area in the page. */
export function makeArea(kernel: Kernel | null = null): Made {
  const links: [number | null, number][] = [];
  const onTraceLink = (count: number | null, line: number) => void links.push([count, line]);
  const area = createOutputArea({ kernel, scriptFrameUrl: "/notebook/frame/", onTraceLink });
  document.body.append(area.element);
  return { area, links };
}

export function display(data: unknown, metadata: unknown = {}): Output {
  return { output_type: "display_data", data, metadata } as Output;
}

export function stream(text: string, name: "stdout" | "stderr" = "stdout"): Output {
  return { output_type: "stream", name, text };
}

/** An area with these outputs, all of them shown. */
export function shown(...outputs: Output[]): HTMLElement {
  const { area } = makeArea();
  area.load(outputs);
  return area.element;
}

/** Everything in it, shadow roots included. */
export function deepHtml(element: Element): string {
  const roots = [...element.querySelectorAll("*")].flatMap((one) => one.shadowRoot?.innerHTML ?? []);
  return element.innerHTML + roots.join("");
}

export const frames = (milliseconds = 60): Promise<void> => new Promise((next) => setTimeout(next, milliseconds));

/** A kernel that only remembers; tests let it speak. */
export class FakeKernel {
  state: KernelState = "busy";
  detail = {};
  sent: { message: Omit<CommMessage, "parentId">; handlers?: Partial<ExecuteHandlers> }[] = [];
  alive: Record<string, { target_name: string }> = {};
  private readonly comm = new Set<(message: CommMessage) => void>();
  private readonly states = new Set<(state: KernelState, detail: object) => void>();
  private readonly fresh = new Set<() => void>();

  get kernel(): Kernel {
    return this as unknown as Kernel;
  }

  onComm(listener: (message: CommMessage) => void): () => void {
    this.comm.add(listener);
    return () => this.comm.delete(listener);
  }

  onState(listener: (state: KernelState, detail: object) => void): () => void {
    this.states.add(listener);
    return () => this.states.delete(listener);
  }

  onFresh(listener: () => void): () => void {
    this.fresh.add(listener);
    return () => this.fresh.delete(listener);
  }

  async comms(): Promise<Record<string, { target_name: string }>> {
    return this.alive;
  }

  sendComm(message: Omit<CommMessage, "parentId">, handlers?: Partial<ExecuteHandlers>): void {
    this.sent.push({ message, handlers });
  }

  become(state: KernelState): void {
    this.state = state;
    for (const listener of [...this.states]) listener(state, {});
  }

  restart(): void {
    for (const listener of this.fresh) listener();
  }

  say(type: CommMessage["type"], comm_id: string, data: Record<string, unknown>): void {
    const metadata = { version: "2.1.0" };
    const message = { type, comm_id, target_name: "jupyter.widget", data, metadata, buffers: [], parentId: "run" };
    for (const listener of this.comm) listener(message);
  }
}
