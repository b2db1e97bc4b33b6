/** Plays the server: kernels over HTTP, one kernel over sockets; tests say what it does. */
import { mock } from "node:test";
import type { Surroundings } from "../../src/kernel/connection";
import { pack, unpack, type Channel, type Dictionary, type Message } from "../../src/kernel/frames";
import { createKernel } from "../../src/kernel/kernel";
import { request } from "../../src/kernel/messages";
import type { Boot, ExecuteHandlers, Kernel, Output } from "../../src/types";
import { answersTo } from "./recorded";

export class FakeSocket {
  readyState = 0;
  binaryType = "";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(
    readonly server: FakeServer,
    readonly url: string,
    readonly protocol: string,
  ) {
    server.sockets.push(this);
    if (server.opens) queueMicrotask(() => this.open());
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  send(frame: ArrayBuffer): void {
    this.server.take(unpack(frame), this);
  }

  say(data: unknown): void {
    this.onmessage?.({ data });
  }

  close(code = 1006): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

export class FakeServer {
  sockets: FakeSocket[] = [];
  received: Message[] = [];
  calls: string[] = [];
  opens = true;
  proves = true;
  /** The answer to the next POSTs of api/kernels; the last one stays. */
  starts: (() => Response | Promise<Response>)[] = [() => kernelAnswer("k1")];
  orders: () => Response = () => new Response(null, { status: 204 });
  /** Answers each run of itself. */
  scene: string | null = null;

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    this.calls.push(`${init?.method} ${String(url)}`);
    if (String(url).endsWith("api/kernels")) return (this.starts.length > 1 ? this.starts.shift()! : this.starts[0])();
    return this.orders();
  };

  take(message: Message, socket: FakeSocket): void {
    this.received.push(message);
    if (message.header.msg_type === "kernel_info_request" && this.proves) {
      const answer = pack(reply(message, message.channel, "kernel_info_reply", { status: "ok" }));
      queueMicrotask(() => socket.say(answer));
    }
    if (message.header.msg_type === "execute_request" && this.scene) {
      const frames = answersTo(this.scene, message.header.msg_id);
      queueMicrotask(() => frames.forEach((frame) => socket.say(frame)));
    }
  }

  of(type: string): Message[] {
    return this.received.filter((message) => message.header.msg_type === type);
  }

  /** Answers the message. */
  tell(parent: Message | null, type: string, content: Dictionary, channel: Channel = "iopub"): Message {
    const message = parent ? reply(parent, channel, type, content) : request(channel, type, content);
    this.socket.say(pack(message));
    return message;
  }

  repeat(message: Message): void {
    this.socket.say(pack(message));
  }

  play(scene: string, asked: Message): void {
    for (const frame of answersTo(scene, asked.header.msg_id)) this.socket.say(frame);
  }

  kernel(): Kernel {
    const server = this;
    const around: Surroundings = {
      fetch: this.fetch,
      WebSocket: class {
        constructor(url: string, protocol: string) {
          return new FakeSocket(server, url, protocol) as unknown as WebSocket;
        }
      } as unknown as Surroundings["WebSocket"],
      random: () => 1,
      origin: "https://school.example/exercises/la-trace/",
    };
    return createKernel({ urls: { kernel: "/kernel/la-trace/" } } as Boot, around);
  }
}

function reply(parent: Message, channel: Channel, type: string, content: Dictionary): Message {
  return request(channel, type, content, { parent_header: parent.header });
}

export function kernelAnswer(id: string, more: Dictionary = {}): Response {
  return Response.json({ id, name: "python3", execution_state: "idle", connections: 0, fresh: false, ...more });
}

export function problem(status: number, more: Dictionary = {}, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ title: "No", ...more }), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}

export class Listener implements ExecuteHandlers {
  outputs: Output[] = [];
  notes: unknown[] = [];
  answer = (_prompt: string): Promise<string> => Promise.resolve("Ada");
  sent: string | null = null;
  onSent = (id: string): void => void (this.sent = id);
  onAgain = (): void => void this.notes.push(["again"]);
  onStart = (count: number): void => void this.notes.push(["start", count]);
  onOutput = (output: Output): void => void this.outputs.push(output);
  onClear = (wait: boolean): void => void this.notes.push(["clear", wait]);
  onUpdateDisplay = (id: string, output: Output): void => void this.notes.push(["update", id, output.data?.["text/plain"]]);
  onIdle = (): void => void this.notes.push(["idle"]);
  onInput = (prompt: string, isPassword: boolean): Promise<string> => {
    this.notes.push(["asked", prompt, isPassword]);
    return this.answer(prompt);
  };
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export async function pass(seconds: number): Promise<void> {
  await settle();
  for (let left = seconds; left > 0; left -= 0.5) {
    mock.timers.tick(Math.min(left, 0.5) * 1000);
    await settle();
  }
}
