/** Cells on their way through the kernel: one at a time, in the order asked for, each until reply and idle are there. */
import { gettext } from "../i18n";
import { tell } from "../listeners";
import type { ExecuteHandlers, ExecuteResult } from "../types";
import { FrameError, type Message } from "./frames";
import { count, parentOf, readOutput, request, word } from "./messages";

const REPLY_MISSING_SECONDS = 3; // after the idle status: the reply went to a line that is gone
const IDLE_MISSING_SECONDS = 15; // after the reply: the server threw output away, and the status with it
const MOST_LISTENERS = 300;

type Status = ExecuteResult["status"];

/** Whoever hears what a request leads to. Also long after: a thread may print once its cell is done. */
interface Listener {
  handlers: Partial<ExecuteHandlers>;
  displays: Set<string>;
}

interface Run extends Listener {
  message: Message;
  resolve(result: ExecuteResult): void;
  executionCount: number | null;
  startedAt: number;
  isTimed: boolean; // by the server, which saw it begin
  reply: Status | null;
  idle: boolean;
  failed: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

function asRun(message: Message, handlers: ExecuteHandlers, resolve: Run["resolve"]): Run {
  const state = { executionCount: null, startedAt: 0, isTimed: false, reply: null, idle: false, failed: false, timer: undefined };
  return { message, handlers, displays: new Set(), resolve, ...state };
}

export class Runs {
  private current: Run | null = null;
  private queue: Run[] = [];
  private unsentAnswer: Message | null = null;
  private answered: string | null = null; // the last question that was
  private readonly listeners = new Map<string, Listener>();

  /** `send` answers false while there is no line; `changed` hears when a run begins or ends. */
  constructor(
    private readonly send: (message: Message) => boolean,
    private readonly changed: () => void,
  ) {}

  get running(): boolean {
    return this.current !== null;
  }

  get waiting(): boolean {
    return this.queue.length > 0;
  }

  /** The request whose answers are waited for. */
  get awaited(): string | null {
    return this.current?.message.header.msg_id ?? null;
  }

  add(code: string, handlers: ExecuteHandlers): Promise<ExecuteResult> {
    const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: true, stop_on_error: true };
    const message = request("shell", "execute_request", content);
    return new Promise((resolve) => this.queue.push(asRun(message, handlers, resolve)));
  }

  /** Waits for the answers to a request that was sent before the page was loaded. */
  rejoin(id: string, handlers: ExecuteHandlers): Promise<ExecuteResult> {
    const message = request("shell", "execute_request", {});
    message.header.msg_id = id;
    return new Promise((resolve) => {
      if (this.current) return resolve({ status: "lost", executionCount: null, seconds: 0 });
      this.begin(asRun(message, handlers, resolve));
    });
  }

  /** All that the run has said will be said once more. */
  again(id: string, seconds: number): void {
    const run = this.current;
    if (!run || id !== this.awaited) return;
    clearTimeout(run.timer);
    run.reply = null;
    run.idle = run.failed = false;
    run.isTimed = true;
    run.startedAt = performance.now() - seconds * 1000;
    run.displays.clear();
    tell(() => run.handlers.onAgain?.(seconds));
  }

  /** The line is there (again). */
  resume(): void {
    if (this.unsentAnswer && this.send(this.unsentAnswer)) this.unsentAnswer = null;
    this.next();
  }

  /** Sends the next one if none is under way. */
  next(): void {
    const run = this.queue[0];
    if (this.current || !run) return;
    try {
      if (!this.send(run.message)) return;
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.queue.shift();
      return this.refuse(run);
    }
    this.queue.shift();
    this.begin(run);
    tell(() => run.handlers.onSent?.(run.message.header.msg_id));
  }

  private begin(run: Run): void {
    this.current = run;
    run.startedAt = performance.now();
    this.listen(run.message.header.msg_id, run);
    this.changed();
  }

  /** Remembers who hears about a request; the oldest is forgotten first. */
  listen(id: string, listener: Listener): void {
    this.listeners.set(id, listener);
    for (const old of this.listeners.keys()) {
      if (this.listeners.size <= MOST_LISTENERS) break;
      if (old !== this.current?.message.header.msg_id) this.listeners.delete(old);
    }
  }

  isOurs(id: string | null): boolean {
    return id !== null && this.listeners.has(id);
  }

  hear(message: Message): void {
    const parent = parentOf(message);
    if (message.header.msg_type === "update_display_data") return this.updateDisplays(message);
    const listener = parent === null ? undefined : this.listeners.get(parent);
    if (!listener) return;
    const run = this.current?.message.header.msg_id === parent ? this.current : null;
    if (message.channel === "iopub") this.hearOutput(message, listener, run);
    else if (message.channel === "stdin") this.hearQuestion(message, listener);
    else if (message.channel === "shell" && run) this.hearReply(message, run);
    if (run) this.settle(run);
  }

  /** Every request made before now has been dealt with; what is missing of their answers was lost with the line. */
  dealtWith(): void {
    const run = this.current;
    if (!run) return;
    run.reply ??= run.failed ? "error" : run.idle ? "ok" : "lost";
    this.finish(run, run.reply);
  }

  /** The process is gone: what ran in it is lost, and what waited behind that is not run. */
  lose(): void {
    this.listeners.clear();
    if (this.current) this.finish(this.current, "lost");
  }

  /** Gives up on whatever waits. */
  abort(): void {
    for (const run of this.queue.splice(0)) run.resolve({ status: "aborted", executionCount: null, seconds: 0 });
  }

  private hearOutput(message: Message, listener: Listener, run: Run | null): void {
    const { handlers, displays } = listener;
    const { content } = message;
    switch (message.header.msg_type) {
      case "execute_input":
        if (run) {
          if (!run.isTimed) run.startedAt = performance.now();
          run.executionCount = count(content.execution_count) ?? run.executionCount;
        }
        return tell(() => handlers.onStart?.(count(content.execution_count) ?? 0));
      case "clear_output":
        return tell(() => handlers.onClear?.(content.wait === true));
      case "status":
        if (content.execution_state !== "idle") return;
        if (run) run.idle = true;
        return tell(() => handlers.onIdle?.());
    }
    const output = readOutput(message);
    if (!output) return;
    if (output.transient?.display_id !== undefined) displays.add(output.transient.display_id);
    if (run && output.output_type === "error") run.failed = true;
    tell(() => handlers.onOutput?.(output));
  }

  private updateDisplays(message: Message): void {
    const output = readOutput(message);
    const id = output?.transient?.display_id;
    if (!output || id === undefined) return;
    // Whoever made it: all that stand in the page are updated by one word.
    const maker = [...this.listeners.values()].find(({ handlers, displays }) => displays.has(id) && handlers.onUpdateDisplay);
    if (maker) tell(() => maker.handlers.onUpdateDisplay?.(id, output));
  }

  private hearQuestion(message: Message, { handlers }: Listener): void {
    if (message.header.msg_type !== "input_request") return;
    const run = this.current;
    const question = message.header.msg_id;
    if (question === this.answered) return; // the answer is on its way
    const { prompt, password } = message.content;
    const asked = handlers.onInput?.(word(prompt), password === true);
    asked?.then(
      (value) => {
        if (!run || run !== this.current) return; // interrupted in the meantime
        this.answered = question;
        const reply = request("stdin", "input_reply", { status: "ok", value }, { parent_header: message.header });
        if (!this.send(reply)) this.unsentAnswer = reply;
      },
      () => {}, // taken back
    );
  }

  private hearReply({ header, content }: Message, run: Run): void {
    if (header.msg_type !== "execute_reply") return;
    run.executionCount = count(content.execution_count) ?? run.executionCount;
    run.reply = content.status === "ok" ? "ok" : content.status === "error" ? "error" : "aborted";
  }

  /** Done with reply and idle; where one of them got lost, a little after the other. */
  private settle(run: Run): void {
    clearTimeout(run.timer);
    if (run.reply && run.idle) return this.finish(run, run.reply);
    if (!run.reply && !run.idle) return;
    const seconds = run.reply ? IDLE_MISSING_SECONDS : REPLY_MISSING_SECONDS;
    run.timer = setTimeout(() => this.finish(run, run.reply ?? (run.failed ? "error" : "ok")), seconds * 1000);
  }

  private finish(run: Run, status: Status): void {
    if (this.current !== run) return;
    clearTimeout(run.timer);
    this.current = this.unsentAnswer = null;
    const seconds = Math.max(0, (performance.now() - run.startedAt) / 1000);
    run.resolve({ status, executionCount: run.executionCount, seconds });
    if (status !== "ok") this.abort();
    this.changed();
    this.next();
  }

  private refuse(run: Run): void {
    const evalue = gettext("This cell is too long to be sent.");
    tell(() => run.handlers.onOutput?.({ output_type: "error", ename: gettext("Not run"), evalue, traceback: [] }));
    run.resolve({ status: "error", executionCount: null, seconds: 0 });
    this.abort();
  }
}
