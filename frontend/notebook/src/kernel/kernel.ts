/** The learner's kernel as the page uses it. */
import { gettext } from "../i18n";
import { tell, Listeners } from "../listeners";
import type {
  CommMessage,
  CompleteReply,
  ExecuteHandlers,
  ExecuteResult,
  FileEntry,
  InspectReply,
  Kernel,
  KernelBoot,
  KernelDetail,
  KernelState,
  Unsubscribe,
} from "../types";
import { Answers, readCompletion, readComms, readInspection } from "./answers";
import type { Surroundings } from "./connection";
import { fileUrl, listFiles, uploadFile } from "./files";
import type { Dictionary, Message } from "./frames";
import { Life } from "./life";
import { readComm, request } from "./messages";
import { Runs } from "./runs";

const HINT_SECONDS = 3;
const COMMS_SECONDS = 10;

/** The page's kernel. Nothing is asked of the server before `start` or the first run. */
export function createKernel(boot: KernelBoot, around: Partial<Surroundings> = {}): Kernel {
  return new PageKernel(`${boot.urls.kernel}api/kernels`, {
    fetch: around.fetch ?? ((...request) => fetch(...request)),
    WebSocket: around.WebSocket ?? WebSocket,
    random: around.random ?? Math.random,
    origin: around.origin ?? location.href,
  });
}

class PageKernel implements Kernel {
  private readonly runs: Runs;
  private readonly answers: Answers;
  private readonly life: Life;
  private readonly commNews = new Listeners<[CommMessage]>();

  constructor(
    url: string,
    private readonly around: Surroundings,
  ) {
    const send = (message: Message): boolean => this.life.works && this.life.connection.send(message);
    this.runs = new Runs(send, () => this.life.showBusy());
    this.answers = new Answers(send);
    this.life = new Life(url, around, this.runs, this.answers);
    this.life.messageNews.add((message) => this.hear(message));
    const look = (): void => this.life.look();
    window.addEventListener("online", look);
    window.addEventListener("focus", look);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  }

  get state(): KernelState {
    return this.life.state;
  }

  get detail(): KernelDetail {
    return this.life.detail;
  }

  onState(listener: (state: KernelState, detail: KernelDetail) => void): Unsubscribe {
    return this.life.stateNews.add(listener);
  }

  onFresh(listener: () => void): Unsubscribe {
    return this.life.freshNews.add(listener);
  }

  onComm(listener: (message: CommMessage) => void): Unsubscribe {
    return this.commNews.add(listener);
  }

  start(): Promise<boolean> {
    return this.life.start();
  }

  interrupt(): Promise<void> {
    return this.life.interrupt();
  }

  restart(): Promise<boolean> {
    return this.life.restart();
  }

  execute(code: string, handlers: ExecuteHandlers): Promise<ExecuteResult> {
    const result = this.runs.add(code, handlers);
    if (this.life.works) this.runs.next();
    else void this.start();
    return result;
  }

  rejoin(id: string, handlers: ExecuteHandlers): Promise<ExecuteResult> {
    const result = this.runs.rejoin(id, handlers);
    void this.start();
    return result;
  }

  async complete(code: string, cursor: number): Promise<CompleteReply | null> {
    return readCompletion(await this.hint("complete_request", { code, cursor_pos: cursor }));
  }

  async inspect(code: string, cursor: number, detail: 0 | 1): Promise<InspectReply | null> {
    return readInspection(await this.hint("inspect_request", { code, cursor_pos: cursor, detail_level: detail }));
  }

  sendComm(message: Omit<CommMessage, "parentId">, handlers: Partial<ExecuteHandlers> = {}): void {
    const { type, comm_id, target_name, data, metadata, buffers } = message;
    const content: Dictionary = { comm_id, data };
    if (target_name !== undefined) content.target_name = target_name;
    const whole = request("shell", type, content, { metadata, buffers });
    this.runs.listen(whole.header.msg_id, { handlers, displays: new Set() });
    tell(() => this.life.works && this.life.connection.send(whole));
  }

  async comms(): Promise<Record<string, { target_name: string }>> {
    return readComms(await this.answers.ask("comm_info_request", {}, COMMS_SECONDS));
  }

  async files(): Promise<FileEntry[]> {
    return this.life.hasKernel ? listFiles(this.around.fetch, this.life.address) : [];
  }

  fileUrl(path: string): string {
    return fileUrl(this.life.address, path);
  }

  async upload(file: File): Promise<void> {
    if (!(await this.start())) throw new Error(this.detail.message ?? gettext("No kernel could be started."));
    await uploadFile(this.around.fetch, this.life.address, file);
  }

  private hear(message: Message): void {
    const comm = message.channel === "iopub" ? readComm(message) : null;
    if (comm) this.commNews.tell(comm);
    else this.runs.hear(message);
  }

  /** Hints come at once or not at all: behind a running cell they would only pile up. */
  private hint(type: string, content: Dictionary): Promise<Dictionary | null> {
    return this.state === "ready" ? this.answers.ask(type, content, HINT_SECONDS) : Promise.resolve(null);
  }
}
