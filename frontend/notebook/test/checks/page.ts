/** Stand-ins for the notebook, the store and the server. */
import type { Result, RunState } from "../../src/checks/server";
import type { Boot, CellView, NotebookView, SaveState, Store } from "../../src/types";

export interface FakeCell extends CellView {
  source: string;
}

export function makeCell(id: string, position: number, source: string, role: CellView["role"] = "answer"): FakeCell {
  const feedback = document.createElement("div");
  feedback.hidden = true;
  const made = document.createElement("section");
  made.append(feedback);
  const toData = () => ({ id, source, role, type: "code" as const, outputs: [], execution_count: null });
  return { id, position, source, role, type: "code", element: made, feedback, toData, focus: () => undefined, focusAt: () => undefined };
}

export class FakeNotebook implements NotebookView {
  readonly element = document.createElement("main");
  readonly toolbar = document.createElement("div");
  readonly panels = document.createElement("div");
  readonly said: string[] = [];
  readonly banners = new Map<string, { text: string; actions: { label: string; act(): void }[] }>();
  private readonly listeners: (() => void)[] = [];
  runs = true;
  cells: FakeCell[] = [
    makeCell("text-1", 1, "Write it.", "locked"),
    makeCell("double", 2, "def double(x): ..."),
    makeCell("halve", 3, "half = None"),
  ];

  constructor() {
    document.body.replaceChildren(this.element);
    this.element.append(this.toolbar, ...this.cells.map((cell) => cell.element), this.panels);
  }
  cell(id: string): FakeCell | undefined {
    return this.cells.find((cell) => cell.id === id);
  }
  onCells(listener: () => void): () => void {
    this.listeners.push(listener);
    return () => undefined;
  }
  cellsChanged(): void {
    for (const listener of this.listeners) listener();
  }
  draft = () => [];
  runAll = async () => this.runs;
  restartAndRunAll = async () => this.runs;
  announce(text: string): void {
    this.said.push(text);
  }
  banner(name: string, text: string, actions: { label: string; act(): void }[] = []): void {
    this.banners.set(name, { text, actions });
  }
  closeBanner(name: string): void {
    this.banners.delete(name);
  }
}

export class FakeStore {
  state: SaveState = "saved";
  revision = 7;
  savedAt = null;
  detail = "";
  theirs = null;
  saves = 0;
  private readonly listeners: ((state: SaveState) => void)[] = [];
  /** What saving does; true: all is on the server. */
  save: () => Promise<boolean> = async () => true;

  onState(listener: (state: SaveState) => void): () => void {
    this.listeners.push(listener);
    return () => undefined;
  }
  set(state: SaveState): void {
    this.state = state;
    for (const listener of this.listeners) listener(state);
  }
  onReplace = () => () => undefined;
  onOtherTab = () => () => undefined;
  changed(): void {
    this.state = "unsaved";
  }
  async saveNow(): Promise<boolean> {
    this.saves += 1;
    return this.save();
  }
  get asStore(): Store {
    return this as unknown as Store;
  }
}

export interface Request {
  method: string;
  url: string;
  body: Record<string, unknown> | null;
  headers: Record<string, string>;
}

/** Answers in order; the last GET answer is repeated. A function may fail as a lost line does. */
export class FakeServer {
  readonly requests: Request[] = [];
  posts: (() => Response | Promise<Response>)[] = [];
  states: (() => Response | Promise<Response>)[] = [];

  constructor() {
    globalThis.fetch = (async (url: string, options: RequestInit = {}) => {
      const method = options.method ?? "GET";
      const body = options.body ? (JSON.parse(String(options.body)) as Record<string, unknown>) : null;
      this.requests.push({ method, url, body, headers: options.headers as Record<string, string> });
      const list = method === "POST" ? this.posts : this.states;
      const answer = list.length > 1 || method === "POST" ? list.shift() : list[0];
      if (!answer) throw new Error(`unexpected ${method} ${url}`);
      return answer();
    }) as typeof fetch;
  }
  accept(extra: object = {}): void {
    this.posts.push(() => json({ id: "1", url: "/state/", cancel: "/cancel/", ...extra }, 202));
  }
  refuse(status: number, code: string, detail = ""): void {
    this.posts.push(() => json({ status, code, detail }, status));
  }
  say(...states: RunState[]): void {
    for (const state of states) this.states.push(() => json(state));
  }
  get sent(): Request[] {
    return this.requests.filter((request) => request.method === "POST");
  }
}

export function json(body: object, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
}

export function result(fields: Partial<Result> = {}): Result {
  const passed = fields.verdict === "passed";
  return {
    title: "Doubles ints",
    about: "double",
    verdict: "failed",
    passed,
    cell: "double",
    points: passed ? 1 : 0,
    max_points: 1,
    message: passed ? "" : "double(2) gave 2.",
    example: passed ? "" : "x = 2",
    hints: passed ? [] : ["First nudge", "Second nudge"],
    ...fields,
  };
}

export function state(fields: Partial<RunState> = {}): RunState {
  const done = ["done", "failed", "cancelled"].includes(fields.state ?? "done");
  return {
    id: "1",
    state: "done",
    done,
    place: null,
    phase: "",
    cell: null,
    checks_of: 0,
    results: [],
    cells: [],
    message: "",
    verdict: done ? "failed" : null,
    points: done ? 1 : null,
    max_points: done ? 3 : null,
    poll_after_seconds: done ? null : 0.001,
    ...fields,
  };
}

export function boot(fields: Partial<Boot> = {}): Boot {
  const cells = [
    { id: "double", type: "code", role: "answer", source: "", starter: "def double(x): ...", outputs: [], execution_count: null },
    { id: "halve", type: "code", role: "answer", source: "", starter: "half = 'mine'", outputs: [], execution_count: null },
  ] as Boot["cells"];
  const urls = { check: "/check/", submit: "/submit/", login: "/login/" } as Boot["urls"];
  return {
    exercise: { slug: "doubling", title: "Doubling", points: 3, is_reviewed: false },
    learner: "x",
    revision: 7,
    saved_at: null,
    cells,
    limits: { cell_seconds: 10, memory_mb: 512 },
    attempts_left: null,
    data: [],
    key: "page-key",
    has_kernel: false,
    urls,
    ...fields,
  };
}
