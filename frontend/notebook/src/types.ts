/** What the parts of the notebook page say to each other, and what the server says to the page. */

/** One output as nbformat 4.5 keeps it; joined texts, never lists of lines. */
export interface Output {
  output_type: "stream" | "display_data" | "execute_result" | "error";
  name?: "stdout" | "stderr";
  text?: string;
  data?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  execution_count?: number | null;
  ename?: string;
  evalue?: string;
  traceback?: string[];
  transient?: { display_id?: string };
}

export type CellType = "code" | "markdown";
export type CellRole = "locked" | "answer" | "extra";

/** One cell as the server hands it out. `html` is there for locked text; `starter` for answers. */
export interface CellData {
  id: string;
  type: CellType;
  role: CellRole;
  source: string;
  html?: string;
  starter?: string;
  number?: number; // of an answer cell: 1, 2, 3…
  outputs: Output[];
  execution_count: number | null;
  ran?: string; // digest of the text that its outputs came from; "" when nobody knows
}

/** One cell as the page sends it: locked ones by id alone count, their text is the server's. */
export interface DraftCell {
  id: string;
  type: CellType;
  source: string;
}

/** The element `#notebook-data`; also the answer of every request that replaces the whole notebook. */
export interface Boot {
  exercise: { slug: string; title: string; points: number; is_reviewed: boolean }; // by a mentor, after its checks
  learner: string; // names this learner's tabs and local copies, opaque
  revision: number;
  saved_at: string | null;
  cells: CellData[];
  limits: { cell_seconds: number; memory_mb: number };
  attempts_left: number | null;
  data: { name: string; size: number }[];
  key: string; // absorbs a double click on Submit
  has_kernel: boolean; // one of this exercise runs, and is gone back to
  undo?: number; // the kept version that this answer replaced
  urls: {
    notebook: string; // GET a Boot, PUT a draft
    outputs: string; // PUT
    reset: string; // POST
    restore: string; // POST
    history: string; // page
    check: string; // POST
    submit: string; // POST
    login: string;
    kernel: string; // ends in "/"; "api/kernels" goes after it
    script_frame: string;
  };
}

/** What running cells takes, wherever they stand. */
export interface KernelBoot {
  limits: Boot["limits"];
  urls: Pick<Boot["urls"], "kernel" | "login" | "script_frame">;
}

/** The element `#lesson-data`: for the cells of a lesson, which are kept nowhere. */
export interface LessonBoot extends KernelBoot {
  urls: KernelBoot["urls"] & { script: string; style: string };
}

// -- Kernel -----------------------------------------------------------------------------------------

export type KernelState =
  | "off" // not asked for yet
  | "starting"
  | "waiting" // the host is full; detail.place says which place in the queue
  | "ready"
  | "busy"
  | "restarting"
  | "reconnecting" // the line is down; it tries again by itself
  | "dead" // ended by itself; detail.reason says why; the next run starts a fresh one
  | "stopped" // after idling; the next run starts a fresh one
  | "signed-out"
  | "failed"; // the server refused; detail.message says why

export interface KernelDetail {
  place?: number;
  reason?: "memory" | "exit" | "time" | "idle" | "replaced" | "host";
  message?: string;
}

export interface ExecuteHandlers {
  /** It was sent, under this id. */
  onSent?(id: string): void;
  /** The page was away: all that the run has said, for so many seconds, follows once more from its beginning. */
  onAgain?(seconds: number): void;
  onStart?(executionCount: number): void;
  onOutput(output: Output): void;
  onClear(wait: boolean): void;
  onUpdateDisplay(displayId: string, output: Output): void;
  /** Asks the learner; the answer goes to the program. */
  onInput(prompt: string, isPassword: boolean): Promise<string>;
  /** The kernel has dealt with the request (iopub's idle); widgets wait for it before they send more. */
  onIdle?(): void;
}

export interface ExecuteResult {
  status: "ok" | "error" | "aborted" | "lost"; // lost: the kernel went away in the middle
  executionCount: number | null;
  seconds: number;
}

export interface CompleteReply {
  matches: string[];
  cursor_start: number; // code points
  cursor_end: number;
  metadata: Record<string, unknown>;
}

export interface InspectReply {
  found: boolean;
  data: Record<string, unknown>;
}

export interface FileEntry {
  path: string; // below the notebook's folder
  size: number; // bytes
  modified_at: string;
}

export interface CommMessage {
  comm_id: string;
  target_name?: string;
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
  buffers: ArrayBuffer[];
  parentId: string | null;
  type: "comm_open" | "comm_msg" | "comm_close";
}

export type Unsubscribe = () => void;

export interface Kernel {
  readonly state: KernelState;
  readonly detail: KernelDetail;
  onState(listener: (state: KernelState, detail: KernelDetail) => void): Unsubscribe;
  /** A fresh process stands behind the notebook: every name is gone. */
  onFresh(listener: () => void): Unsubscribe;
  /** Starts or finds the learner's kernel of this exercise; resolves once it is ready. */
  start(): Promise<boolean>;
  interrupt(): Promise<void>;
  restart(): Promise<boolean>;
  /** Starts a kernel first if there is none. Runs are answered in the order of the calls. */
  execute(code: string, handlers: ExecuteHandlers): Promise<ExecuteResult>;
  /** Goes on with a run that this page's last one sent; "lost" without `onAgain` when nobody knows it any more. */
  rejoin(id: string, handlers: ExecuteHandlers): Promise<ExecuteResult>;
  complete(code: string, cursor: number): Promise<CompleteReply | null>;
  inspect(code: string, cursor: number, detail: 0 | 1): Promise<InspectReply | null>;
  /** Comms, for widgets. */
  onComm(listener: (message: CommMessage) => void): Unsubscribe;
  sendComm(message: Omit<CommMessage, "parentId">, handlers?: Partial<ExecuteHandlers>): void;
  /** The comms that live in the kernel: id → target. */
  comms(): Promise<Record<string, { target_name: string }>>;
  files(): Promise<FileEntry[]>;
  fileUrl(path: string): string;
  upload(file: File): Promise<void>; // throws an Error whose message can be shown
}

// -- Saving -----------------------------------------------------------------------------------------

export type SaveState =
  | "saved"
  | "unsaved"
  | "saving"
  | "not-saved" // no line; tried again by itself
  | "refused" // the server said no; detail says why
  | "conflict"
  | "signed-out";

export interface Store {
  readonly state: SaveState;
  readonly revision: number;
  readonly savedAt: string | null;
  readonly detail: string;
  /** The other side of a conflict, while there is one. */
  readonly theirs: CellData[] | null;
  onState(listener: (state: SaveState) => void): Unsubscribe;
  /** Another tab of this browser has the same exercise open (true), or no more (false). */
  onOtherTab(listener: (open: boolean) => void): Unsubscribe;
  /** The whole notebook is to be shown anew: after a reset, a restore, or "Load that version". */
  onReplace(listener: (boot: Boot) => void): Unsubscribe;
  changed(): void;
  outputsChanged(): void;
  /** Nothing runs any more. */
  outputsSettled(): void;
  /** Resolves true once what is on the page is on the server. */
  saveNow(): Promise<boolean>;
  keepMine(): Promise<void>;
  loadTheirs(): Promise<void>;
  /** Without a cell, all of them. Resolves with the number of the version that was kept, for undo. */
  reset(cellId?: string): Promise<number | undefined>;
  restore(version: number): Promise<void>;
}

// -- Outputs ----------------------------------------------------------------------------------------

export interface OutputArea {
  readonly element: HTMLElement;
  add(output: Output): void;
  clear(wait: boolean): void;
  /** A run begins: its first output takes the place of what is there, which goes in a moment in any case. */
  renew(): void;
  /** The run is over: whatever is left of an earlier one goes. */
  settle(): void;
  update(displayId: string, output: Output): void;
  /** Asks for a line of text inside the output. */
  ask(prompt: string, isPassword: boolean): Promise<string>;
  /** Takes back an unanswered question. */
  cancelAsk(): void;
  load(outputs: Output[]): void;
  /** Nothing is shown, not even a sentence of ours. */
  readonly isEmpty: boolean;
  /** As they are to be kept. */
  outputs(): Output[];
}

export interface OutputAreaOptions {
  kernel: Kernel | null;
  scriptFrameUrl: string;
  /** A line of a traceback was chosen: the learner's cell that ran as the given execution, or this one. */
  onTraceLink(executionCount: number | null, line: number): void;
}

// -- The notebook -----------------------------------------------------------------------------------

export interface CellView {
  readonly id: string;
  readonly type: CellType;
  readonly role: CellRole;
  readonly element: HTMLElement;
  /** Empty and hidden until somebody puts results of checks in it. */
  readonly feedback: HTMLElement;
  readonly source: string;
  readonly position: number; // 1, 2, 3… on the page
  toData(): CellData;
  focus(line?: number): void;
  /** @param offset of the cursor in its text, UTF-16 units */
  focusAt(offset: number): void;
}

export interface NotebookView {
  readonly element: HTMLElement;
  readonly cells: readonly CellView[];
  /** Buttons of other parts go here. */
  readonly toolbar: HTMLElement;
  /** Panels of other parts go here, below the cells. */
  readonly panels: HTMLElement;
  cell(id: string): CellView | undefined;
  onCells(listener: () => void): Unsubscribe;
  draft(): DraftCell[];
  runAll(): Promise<boolean>;
  restartAndRunAll(): Promise<boolean>;
  /** Says it to screen readers, politely. */
  announce(text: string): void;
  /** A message in the page that stays until it is closed or replaced by one of the same name. */
  banner(name: string, text: string, actions?: { label: string; act(): void }[], tone?: "info" | "warning" | "error"): void;
  closeBanner(name: string): void;
}
