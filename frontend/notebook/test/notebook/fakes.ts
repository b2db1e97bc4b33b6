/** A kernel and a store that do as the test says. */
import type { Boot, CellData, ExecuteHandlers, ExecuteResult, Kernel, KernelDetail, KernelState, SaveState, Store } from "../../src/types";

type Run = { code: string; handlers: ExecuteHandlers; end(result: Partial<ExecuteResult>): void };

export class FakeKernel {
  state: KernelState = "off";
  detail: KernelDetail = {};
  runs: Run[] = [];
  interrupts = 0;
  restarts = 0;
  isFresh = true;
  #onState = new Set<(state: KernelState, detail: KernelDetail) => void>();
  #onFresh = new Set<() => void>();

  onState(listener: (state: KernelState, detail: KernelDetail) => void): () => void {
    this.#onState.add(listener);
    return () => this.#onState.delete(listener);
  }

  onFresh(listener: () => void): () => void {
    this.#onFresh.add(listener);
    return () => this.#onFresh.delete(listener);
  }

  become(state: KernelState, detail: KernelDetail = {}): void {
    this.state = state;
    this.detail = detail;
    for (const listener of [...this.#onState]) listener(state, detail);
  }

  async start(): Promise<boolean> {
    if (this.state === "ready" || this.state === "busy") return true;
    if (this.isFresh) for (const listener of this.#onFresh) listener();
    this.become("ready");
    return true;
  }

  async interrupt(): Promise<void> {
    this.interrupts += 1;
  }

  async restart(): Promise<boolean> {
    this.restarts += 1;
    for (const listener of this.#onFresh) listener();
    this.become("ready");
    return true;
  }

  execute(code: string, handlers: ExecuteHandlers): Promise<ExecuteResult> {
    this.become("busy");
    return new Promise((resolve) => {
      const end = (result: Partial<ExecuteResult>) => {
        this.become("ready");
        resolve({ status: "ok", executionCount: this.runs.length, seconds: 0.1, ...result });
      };
      this.runs.push({ code, handlers, end });
      handlers.onStart?.(this.runs.length);
    });
  }

  rejoin(id: string, handlers: ExecuteHandlers): Promise<ExecuteResult> {
    this.become("busy");
    return new Promise((resolve) => {
      const end = (result: Partial<ExecuteResult>) => {
        this.become("ready");
        resolve({ status: "ok", executionCount: 1, seconds: 0.1, ...result });
      };
      this.runs.push({ code: id, handlers, end });
    });
  }

  onComm(): () => void {
    return () => {};
  }

  get last(): Run {
    return this.runs[this.runs.length - 1] as Run;
  }

  get asKernel(): Kernel {
    return this as unknown as Kernel;
  }
}

export class FakeStore {
  state: SaveState = "saved";
  revision = 1;
  savedAt: string | null = null;
  detail = "";
  calls: string[] = [];
  #replace: (boot: Boot) => void = () => {};
  #show: (state: SaveState) => void = () => {};

  onState(listener: (state: SaveState) => void): () => void {
    this.#show = listener;
    return () => {};
  }

  onOtherTab(): () => void {
    return () => {};
  }

  onReplace(listener: (boot: Boot) => void): () => void {
    this.#replace = listener;
    return () => {};
  }

  become(state: SaveState): void {
    this.state = state;
    this.#show(state);
  }

  replace(boot: Boot): void {
    this.#replace(boot);
  }

  changed(): void {
    this.calls.push("changed");
  }

  outputsChanged(): void {
    this.calls.push("outputs");
  }

  outputsSettled(): void {
    this.calls.push("settled");
  }

  canSave = true;

  async saveNow(): Promise<boolean> {
    this.calls.push("save");
    return this.canSave;
  }

  async keepMine(): Promise<void> {
    this.calls.push("mine");
  }

  async loadTheirs(): Promise<void> {
    this.calls.push("theirs");
  }

  async reset(cell?: string): Promise<undefined> {
    this.calls.push(`reset ${cell ?? "all"}`);
  }

  async restore(version: number): Promise<void> {
    this.calls.push(`restore ${version}`);
  }

  get asStore(): Store {
    return this as unknown as Store;
  }
}

export function cell(id: string, more: Partial<CellData> = {}): CellData {
  return { id, type: "code", role: "extra", source: id, outputs: [], execution_count: null, ...more };
}

export function boot(cells: CellData[]): Boot {
  const urls = Object.fromEntries(
    ["notebook", "outputs", "reset", "restore", "history", "check", "submit", "login", "kernel", "script_frame"].map(
      (name) => [name, `/exercises/la-trace/${name}/`],
    ),
  ) as Boot["urls"];
  return {
    exercise: { slug: "la-trace", title: "Trace", points: 3, is_reviewed: false },
    learner: "l",
    revision: 1,
    saved_at: null,
    cells,
    limits: { cell_seconds: 10, memory_mb: 512 },
    attempts_left: null,
    data: [],
    key: "k",
    has_kernel: false,
    urls,
  };
}
