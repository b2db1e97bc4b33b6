import type { ICallbacks, IClassicComm } from "@jupyter-widgets/base";
import { newId } from "../kernel/ids";
import type { CommMessage, ExecuteHandlers, Kernel, Output } from "../types";

/** Where the kernel does not say that it is done, the next message goes out after so long. */
const PATIENCE_MILLISECONDS = 1500;

type Receive = (message: unknown) => unknown;
type Buffers = ArrayBuffer[] | ArrayBufferView[];

/** What a view gives along with a message: where to show what the kernel prints in answer. */
export interface ViewCallbacks {
  output?(output: Output): void;
  clear_output?(wait: boolean): void;
  status?(message: unknown): void;
}

/** One line between a model here and a widget in the kernel, over the kernel's connection. */
export class Comm implements IClassicComm {
  private receive: Receive | null = null;
  private ended: Receive | null = null;
  private readonly early: CommMessage[] = []; // came before the model was made

  constructor(
    private readonly kernel: Kernel,
    readonly comm_id: string,
    readonly target_name: string,
  ) {}

  open(data: unknown, callbacks?: ICallbacks, metadata?: unknown, buffers?: Buffers): string {
    return this.post("comm_open", data, callbacks, metadata, buffers);
  }

  send(data: unknown, callbacks?: ICallbacks, metadata?: unknown, buffers?: Buffers): string {
    return this.post("comm_msg", data, callbacks, metadata, buffers);
  }

  close(data?: unknown, callbacks?: ICallbacks, metadata?: unknown, buffers?: Buffers): string {
    return this.post("comm_close", data, callbacks, metadata, buffers);
  }

  on_msg(receive: Receive): void {
    this.receive = receive;
    for (const message of this.early.splice(0)) receive(toJupyter(message));
  }

  on_close(ended: Receive): void {
    this.ended = ended;
  }

  take(message: CommMessage): void {
    if (message.type === "comm_close") this.ended?.(toJupyter(message));
    else if (this.receive) this.receive(toJupyter(message));
    else this.early.push(message);
  }

  private post(type: CommMessage["type"], data: unknown, callbacks?: ICallbacks, metadata?: unknown, buffers: Buffers = []): string {
    this.kernel.sendComm(
      {
        comm_id: this.comm_id,
        target_name: this.target_name,
        data: (data ?? {}) as Record<string, unknown>,
        metadata: (metadata ?? {}) as Record<string, unknown>,
        buffers: [...buffers].map(toArrayBuffer),
        type,
      },
      handlersOf((callbacks?.iopub ?? {}) as ViewCallbacks),
    );
    return newId();
  }
}

function handlersOf({ output, clear_output, status }: ViewCallbacks): Partial<ExecuteHandlers> {
  let isDone = false;
  const done = (): void => {
    if (isDone) return;
    isDone = true;
    status?.({ content: { execution_state: "idle" } }); // lets the model send what changed meanwhile
  };
  if (status) setTimeout(done, PATIENCE_MILLISECONDS);
  return {
    onOutput: (shown) => output?.(shown),
    onClear: (wait) => clear_output?.(wait),
    onUpdateDisplay: () => undefined,
    onIdle: done,
  };
}

/** A message in the shape that the library reads. */
export function toJupyter(message: CommMessage): {
  metadata: Record<string, unknown>;
  content: { comm_id: string; target_name: string | undefined; data: Record<string, unknown> };
  buffers: DataView[];
} {
  const { comm_id, target_name, data, metadata, buffers } = message;
  return { metadata, content: { comm_id, target_name, data }, buffers: buffers.map((buffer) => new DataView(buffer)) };
}

function toArrayBuffer(buffer: ArrayBuffer | ArrayBufferView): ArrayBuffer {
  if (buffer instanceof ArrayBuffer) return buffer;
  const end = buffer.byteOffset + buffer.byteLength;
  return buffer.buffer.slice(buffer.byteOffset, end) as ArrayBuffer;
}
