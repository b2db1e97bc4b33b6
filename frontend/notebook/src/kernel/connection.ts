/** The line to the learner's kernel: asks for one over HTTP, then speaks over a WebSocket, again and again. */
import { BackOff } from "../backoff";
import { gettext } from "../i18n";
import { RefusedError, sendForJson, type Fetch } from "../requests";
import type { KernelDetail, KernelState } from "../types";
import { pack, unpack, type Message } from "./frames";

export interface KernelInfo {
  id: string;
  execution_state?: string;
  fresh?: boolean;
  process?: number; // 1, 2, 3…: the one that stands behind it now
}

/** Why the line is not tried again by itself. */
export interface End {
  state: Extract<KernelState, "stopped" | "dead" | "signed-out" | "failed">;
  detail: KernelDetail;
}

export interface LineEvents {
  opened(info: KernelInfo): void;
  message(message: Message): void;
  /** No line at the moment; tried again by itself. `message` says more, where more is known. */
  down(message?: string): void;
  /** Every kernel is taken; asked again by itself. */
  waiting(place: number): void;
  ended(end: End): void;
  /** The run whose answers are waited for: the server says again what it has said so far. */
  awaited(): string | null;
}

/** What of the browser is used; tests bring their own. */
export interface Surroundings {
  fetch: Fetch;
  WebSocket: new (url: string, protocol: string) => WebSocket;
  random(): number;
  origin: string;
}

const SUBPROTOCOL = "v1.kernel.websocket.jupyter.org";
const OPENING_SECONDS = 10;
const QUIET_SECONDS = 10;
const FIRST_PAUSE_SECONDS = 0.5;
const LONGEST_PAUSE_SECONDS = 20;
const LONGEST_ASKED_SECONDS = 30; // more than that the server may not ask us to wait
const MOST_REFUSALS = 8; // with the pauses between them about a minute, which a restart of ours takes at most
const LEAST_QUEUE_SECONDS = 2;
const MOST_MESSAGES_A_SECOND = 40; // the server takes 50

/** Not now, but worth asking again: `seconds` is the least pause that the server wants. */
interface Outage {
  down: string | undefined; // what is known of it, in words
  seconds: number;
}

type Answer = { kernel: KernelInfo } | { place: number; seconds: number } | { end: End } | Outage;

const NO_LINE: Outage = { down: undefined, seconds: 0 };

export class Connection {
  private readonly events: LineEvents;
  private socket: WebSocket | null = null;
  private generation = 0;
  private running = false;
  private readonly backOff: BackOff;
  private refusals = 0;
  private wake: () => void = () => {};
  private sentAt: number[] = [];
  private outbox: ArrayBuffer[] = [];
  private heardAt = 0;

  constructor(
    private readonly url: string, // of api/kernels
    private readonly around: Surroundings,
    events: LineEvents,
  ) {
    this.events = events;
    this.backOff = new BackOff(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, around.random);
  }

  get isOpen(): boolean {
    return this.socket?.readyState === 1;
  }

  /** Asks for the kernel and keeps the line up until it ends, or `close`. Does nothing while that goes on. */
  open(): void {
    if (this.running) return this.nudge();
    this.running = true;
    this.backOff.reset();
    this.refusals = 0;
    void this.keepUp(++this.generation);
  }

  /** Hangs up and tells nobody. */
  close(): void {
    this.generation += 1;
    this.running = false;
    this.hangUp();
    this.wake();
  }

  /** Does not wait longer for the next try. */
  nudge(): void {
    this.wake();
  }

  /** After sleep a dead socket looks alive: whoever is not answered soon hangs up and calls anew. */
  check(probe: Message): void {
    if (!this.isOpen) return this.nudge();
    const socket = this.socket;
    const asked = Date.now();
    this.send(probe);
    setTimeout(() => {
      if (socket === this.socket && this.heardAt < asked) this.hangUp();
    }, QUIET_SECONDS * 1000);
  }

  /** False without a line. @throws FrameError when the message is too large. */
  send(message: Message): boolean {
    if (!this.isOpen) return false;
    this.outbox.push(pack(message));
    if (this.outbox.length === 1) this.flush();
    return true;
  }

  private flush(): void {
    const now = Date.now();
    this.sentAt = this.sentAt.filter((at) => at > now - 1000);
    while (this.outbox.length && this.isOpen && this.sentAt.length < MOST_MESSAGES_A_SECOND) {
      this.socket!.send(this.outbox.shift()!);
      this.sentAt.push(now);
    }
    if (this.outbox.length && this.isOpen) setTimeout(() => this.flush(), 50);
  }

  private async keepUp(generation: number): Promise<void> {
    const current = (): boolean => generation === this.generation;
    while (current()) {
      const answer = await this.ask();
      if (!current()) return;
      if ("place" in answer) {
        this.events.waiting(answer.place);
        await this.pause(answer.seconds);
        continue;
      }
      const end = "kernel" in answer ? await this.converse(answer.kernel, current) : "end" in answer ? answer.end : null;
      if (!current()) return;
      if (end) {
        this.running = false;
        return this.events.ended(end);
      }
      const { down, seconds } = "down" in answer ? answer : NO_LINE;
      this.events.down(down);
      await this.pause(Math.max(this.backOff.next(), seconds));
    }
  }

  private async ask(): Promise<Answer> {
    try {
      const kernel = await sendForJson<KernelInfo>(this.around.fetch, this.url, {
        method: "POST",
        json: { name: "python3" },
      });
      if (typeof kernel?.id !== "string") throw new RefusedError(0, {});
      return { kernel };
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      return this.readRefusal(error);
    }
  }

  private readRefusal(error: RefusedError): Answer {
    const { status, problem, retryAfterSeconds } = error;
    if (status === 401) return { end: { state: "signed-out", detail: {} } };
    const seconds = Math.min(retryAfterSeconds ?? 0, LONGEST_ASKED_SECONDS);
    if (status === 503 && typeof problem.place === "number") {
      this.backOff.reset();
      this.refusals = 0;
      return { place: problem.place, seconds: Math.max(seconds, LEAST_QUEUE_SECONDS) };
    }
    if (status === 0) return NO_LINE;
    if (status < 500) return { end: { state: "failed", detail: { message: error.message } } };
    const message = outageText(error);
    if (++this.refusals < MOST_REFUSALS) {
      return { down: `${message} ${gettext("You can go on writing; it is tried again by itself.")}`, seconds };
    }
    return { end: { state: "failed", detail: { message: `${message} ${gettext("What you wrote is still here.")}` } } };
  }

  /** Opens the socket and stays until it closes: null when it is worth trying again. */
  private converse(kernel: KernelInfo, current: () => boolean): Promise<End | null> {
    const address = new URL(`${this.url}/${encodeURIComponent(kernel.id)}/channels`, this.around.origin);
    address.protocol = address.protocol.replace("http", "ws");
    const run = this.events.awaited();
    if (run !== null) address.searchParams.set("run", run);
    const socket = new this.around.WebSocket(address.href, SUBPROTOCOL);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.outbox = [];
    return new Promise((resolve) => {
      const done = (code: number): void => {
        clearTimeout(timer);
        if (this.socket === socket) this.socket = null;
        resolve(readClose(code));
      };
      const timer = setTimeout(() => (socket.close(), done(1006)), OPENING_SECONDS * 1000);
      socket.onopen = () => {
        clearTimeout(timer);
        if (current() && this.socket === socket) this.events.opened(kernel);
      };
      socket.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (current() && this.socket === socket) this.hear(data);
      };
      socket.onclose = ({ code }) => done(code);
      // A hung-up line may take a minute to say so: `hangUp` does not wait for it.
      this.closed = () => done(1006);
    });
  }

  private closed: () => void = () => {};

  private hear(data: unknown): void {
    this.heardAt = Date.now();
    this.backOff.reset();
    this.refusals = 0;
    if (!(data instanceof ArrayBuffer)) return;
    let message: Message;
    try {
      message = unpack(data);
    } catch {
      return; // forged or broken; whatever it was about goes on without it
    }
    this.events.message(message);
  }

  private hangUp(): void {
    const socket = this.socket;
    this.socket = null;
    this.outbox = [];
    socket?.close();
    this.closed();
  }

  private pause(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** The server's own words; a proxy in front of a server that is away has none. */
function outageText({ problem, message }: RefusedError): string {
  const hasWords = [problem.detail, problem.title].some((text) => typeof text === "string" && text !== "");
  return hasWords ? message : gettext("Python cannot be started just now. That is our fault, not yours.");
}

function readClose(code: number): End | null {
  if (code === 4401) return { state: "signed-out", detail: {} };
  if (code === 4404) return { state: "dead", detail: { reason: "host" } };
  if (code === 4408) return { state: "stopped", detail: { reason: "idle" } };
  if (code === 4409) return { state: "stopped", detail: { reason: "replaced" } };
  if (code === 1009) return { state: "failed", detail: { message: gettext("A message to the kernel was too large.") } };
  return null;
}
