/** The kernel's states, from the first question for one to its end, and one process after the other behind it. */
import { Listeners } from "../listeners";
import { RefusedError, send } from "../requests";
import type { KernelDetail, KernelState } from "../types";
import type { Answers } from "./answers";
import { Connection, type End, type KernelInfo, type Surroundings } from "./connection";
import { isDictionary, type Message } from "./frames";
import { parentOf, request } from "./messages";
import type { Runs } from "./runs";

const INTERRUPT_SECONDS = 10;
const RESTART_SECONDS = 60;
const REASONS: readonly unknown[] = ["memory", "exit", "time", "idle", "replaced", "host"];
const OVER: readonly KernelState[] = ["stopped", "dead", "signed-out", "failed"];

export class Life {
  state: KernelState = "off";
  detail: KernelDetail = {};
  readonly stateNews = new Listeners<[KernelState, KernelDetail]>();
  readonly freshNews = new Listeners<[]>();
  readonly messageNews = new Listeners<[Message]>();
  readonly connection: Connection;
  private id: string | null = null;
  private process: number | null = null; // which one stands behind it, as far as we have heard
  private proof: string | null = null; // the request whose reply says that the kernel works
  private restarting = false;
  private died = false;
  private readonly busyWith = new Set<string>(); // requests of other tabs
  private startWaiters: ((ready: boolean) => void)[] = [];

  constructor(
    private readonly url: string, // of api/kernels
    private readonly around: Surroundings,
    private readonly runs: Runs,
    private readonly answers: Answers,
  ) {
    this.connection = new Connection(url, around, {
      opened: (info) => this.opened(info),
      message: (message) => this.hear(message),
      down: (message) => this.down(message),
      waiting: (place) => this.waiting(place),
      ended: (end) => this.ended(end),
      awaited: () => this.runs.awaited,
    });
  }

  get works(): boolean {
    return this.state === "ready" || this.state === "busy";
  }

  get hasKernel(): boolean {
    return this.id !== null;
  }

  /** Of this kernel, without "/" at its end. */
  get address(): string {
    return `${this.url}/${encodeURIComponent(this.id ?? "none")}`;
  }

  start(): Promise<boolean> {
    if (this.works) return Promise.resolve(true);
    return new Promise((resolve) => {
      this.startWaiters.push(resolve);
      if (this.state === "off" || this.isOver) this.show("starting");
      this.connection.open();
    });
  }

  async interrupt(): Promise<void> {
    if (!this.runs.running) this.runs.abort();
    if (this.works) await this.order("interrupt", INTERRUPT_SECONDS);
  }

  async restart(): Promise<boolean> {
    if (this.restarting || this.id === null || this.isOver) return this.start();
    this.restarting = true;
    this.runs.abort();
    this.show("restarting");
    const agreed = await this.order("restart", RESTART_SECONDS);
    this.restarting = false;
    if (this.isOver) return false; // signed out
    if (agreed) this.replaced();
    else this.connection.close(); // and find out how things stand
    if (this.connection.isOpen) this.prove();
    else this.connection.open();
    return this.start();
  }

  /** After sleep, a lost network, or another tab: is everything as it seems? */
  look(): void {
    if (this.state === "signed-out") this.connection.open();
    else if (this.id !== null) this.connection.check(request("control", "kernel_info_request", {}));
  }

  /** A run began or ended. */
  showBusy(): void {
    if (this.works) this.show("ready");
  }

  /** Nothing goes on by itself: somebody has to want a kernel. A dead one is replaced while its line is up. */
  private get isOver(): boolean {
    return OVER.includes(this.state) && !this.connection.isOpen;
  }

  private async order(verb: "interrupt" | "restart", timeoutSeconds: number): Promise<boolean> {
    try {
      await send(this.around.fetch, `${this.address}/${verb}`, { method: "POST", timeoutSeconds });
      return true;
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      if (error.status !== 401) return false;
      this.connection.close();
      this.ended({ state: "signed-out", detail: {} });
      return false;
    }
  }

  // -- What the line says --------------------------------------------------------------------------

  private opened({ id, fresh, execution_state, process }: KernelInfo): void {
    const isNext = process !== undefined && this.process !== null && process !== this.process;
    const isOther = this.id !== id || this.died || isNext;
    const another = fresh === true || (this.id !== null && isOther);
    this.id = id;
    this.busyWith.clear();
    if (this.restarting) return;
    if (another) this.replaced();
    this.process = process ?? null;
    this.prove();
    // A kernel in the middle of a long cell works, although it cannot say so.
    if (this.proof !== null && (execution_state === "busy" || this.runs.running)) {
      this.busyWith.add(this.proof);
      this.ready();
    }
  }

  private down(message?: string): void {
    this.answers.lose();
    if (!this.restarting) this.show("reconnecting", message === undefined ? {} : { message });
  }

  private waiting(place: number): void {
    this.show("waiting", { place });
    this.forget();
  }

  private ended({ state, detail }: End): void {
    this.show(state, detail);
    this.forget();
    this.runs.abort();
    this.answerStarts(false);
  }

  private hear(message: Message): void {
    const { channel, header } = message;
    if (channel === "iopub" && header.msg_type === "status") this.hearStatus(message);
    if (channel === "shell" && this.proof !== null && parentOf(message) === this.proof) this.proved();
    else if (!this.answers.hear(message)) this.messageNews.tell(message);
  }

  private hearStatus({ content, parent_header }: Message): void {
    const ours = isDictionary(content.kilohour) ? content.kilohour : {};
    if (content.execution_state === "restarting") return this.mourn(ours.reason);
    if (ours.fresh === true) return this.madeFresh();
    if (typeof ours.again === "string") return this.runs.again(ours.again, Number(ours.seconds) || 0);
    const id = parent_header.msg_id;
    if (typeof id !== "string") return;
    if (content.execution_state === "idle") this.busyWith.delete(id);
    else if (parent_header.msg_type === "execute_request" && !this.runs.isOurs(id)) this.busyWith.add(id);
    this.showBusy();
  }

  // -- One process after the other -----------------------------------------------------------------

  /** The process ended by itself; the server puts another in its place, or closes the line. */
  private mourn(reason: unknown): void {
    if (this.restarting) return;
    this.died = true;
    this.show("dead", { reason: REASONS.includes(reason) ? (reason as KernelDetail["reason"]) : "exit" });
    this.forget();
  }

  private madeFresh(): void {
    if (this.state === "restarting") return; // ours: told when it is done
    this.replaced();
    if (!this.works) this.prove();
  }

  private replaced(): void {
    this.died = false;
    if (this.process !== null) this.process += 1;
    this.forget();
    this.freshNews.tell();
  }

  /** What the last process was asked will not be answered. */
  private forget(): void {
    this.busyWith.clear();
    this.answers.lose();
    this.runs.lose();
  }

  private prove(): void {
    const question = request("shell", "kernel_info_request", {});
    this.proof = question.header.msg_id;
    this.connection.send(question);
    // Answered on a thread of its own, also in the middle of a cell: a line that stays deaf is hung up.
    this.connection.check(request("control", "kernel_info_request", {}));
  }

  /** The shell answers in order: whatever was asked before the proof has been dealt with. */
  private proved(): void {
    if (this.proof !== null) this.busyWith.delete(this.proof);
    this.proof = null;
    this.runs.dealtWith();
    this.ready();
  }

  private ready(): void {
    this.show("ready");
    this.answerStarts(true);
    this.runs.resume();
  }

  private answerStarts(ready: boolean): void {
    for (const resolve of this.startWaiters.splice(0)) resolve(ready);
  }

  private show(state: KernelState, detail: KernelDetail = {}): void {
    const shown = state === "ready" && (this.runs.running || this.busyWith.size > 0) ? "busy" : state;
    if (shown === this.state && JSON.stringify(detail) === JSON.stringify(this.detail)) return;
    this.state = shown;
    this.detail = detail;
    this.stateNews.tell(shown, detail);
  }
}
