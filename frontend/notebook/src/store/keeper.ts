/** Keeps the draft on the server as it is on the page: autosave, conflicts, lost lines, ended sessions. */
import { BackOff } from "../backoff";
import { gettext } from "../i18n";
import { Listeners } from "../listeners";
import { RefusedError } from "../requests";
import type { Boot, CellData, DraftCell, SaveState, Store, Unsubscribe } from "../types";
import { isSame, type Kept, localCopy, withDraft } from "./copy";
import { OutputsCopy, withOutputs } from "./kept-outputs";
import type { TabItem } from "./tab-item";
import { Deadline } from "./deadline";
import { OutputsSaver, type Shown } from "./outputs";
import { Edits, watchPage, type StoreSurroundings } from "./page";
import { DraftServer, type Saved, type Theirs } from "./server";
import { Tabs } from "./tabs";

const PAUSE_SECONDS = 1.2;
const LONGEST_SECONDS = 10;
const FIRST_AGAIN_SECONDS = 2;
const LONGEST_AGAIN_SECONDS = 60;

export class Keeper implements Store {
  state: SaveState = "saved";
  revision: number;
  savedAt: string | null;
  detail = "";
  theirs: CellData[] | null = null;
  private saving: Promise<void> | null = null;
  private overwriting = false;
  private replacing = false;
  private readonly edits = new Edits(() => void this.save());
  private readonly backOff: BackOff;
  private readonly server: DraftServer;
  private readonly copy: TabItem<Kept>;
  private readonly tabs: Tabs;
  private readonly outputsCopy: OutputsCopy;
  private readonly outputsSaver: OutputsSaver;
  private readonly deadline = new Deadline(PAUSE_SECONDS, LONGEST_SECONDS, () => void this.save());
  private readonly stateNews = new Listeners<[SaveState]>();
  private readonly replaceNews = new Listeners<[Boot]>();

  constructor(
    private readonly boot: Boot,
    private readonly draft: () => DraftCell[],
    outputs: () => Record<string, Shown>,
    around: StoreSurroundings,
  ) {
    this.revision = boot.revision;
    this.savedAt = boot.saved_at;
    this.backOff = new BackOff(FIRST_AGAIN_SECONDS, LONGEST_AGAIN_SECONDS, around.random);
    this.server = new DraftServer(around.fetch, boot.urls);
    this.copy = localCopy(boot, around.storage);
    this.tabs = new Tabs(boot);
    this.outputsCopy = new OutputsCopy(boot, around.storage);
    this.outputsSaver = new OutputsSaver(around.fetch, boot.urls.outputs, outputs, this.outputsCopy);
    this.outputsSaver.begin(boot.cells);
    setTimeout(() => this.takeUpCopy()); // once those who listen are there
    watchPage({ leave: (mayReturn) => this.leave(mayReturn), back: () => this.back() });
  }

  onState(listener: (state: SaveState) => void): Unsubscribe {
    return this.stateNews.add(listener);
  }

  onOtherTab(listener: (open: boolean) => void): Unsubscribe {
    return this.tabs.news.add(listener);
  }

  onReplace(listener: (boot: Boot) => void): Unsubscribe {
    return this.replaceNews.add(listener);
  }

  changed(): void {
    if (this.replacing) return; // it comes from the server
    this.edits.add();
    if (this.state === "saved" || this.state === "refused") this.show("unsaved");
    if (this.state !== "not-saved") this.deadline.wish();
  }

  outputsChanged(): void {
    this.outputsSaver.changed();
  }

  outputsSettled(): void {
    this.outputsSaver.settled();
  }

  async saveNow(): Promise<boolean> {
    await this.saving;
    if (this.edits.unsaved) await this.save();
    return !this.edits.unsaved && this.state === "saved";
  }

  async keepMine(): Promise<void> {
    if (!this.theirs) return;
    this.theirs = null;
    this.overwriting = true; // until it is done, whatever comes in between
    while (this.saving) await this.saving;
    await this.save();
  }

  async loadTheirs(): Promise<void> {
    if (!this.theirs) return;
    try {
      // Nothing is thrown away before the server has it among the kept versions.
      await this.server.setAside(this.revision, this.written());
      await this.replace(() => this.server.load());
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      this.show("conflict", error.message);
    }
  }

  async reset(cellId?: string): Promise<number | undefined> {
    await this.mustBeSaved();
    return this.replace(() => this.server.reset(cellId));
  }

  async restore(version: number): Promise<void> {
    await this.mustBeSaved();
    await this.replace(() => this.server.restore(version));
  }

  // -- Saving --------------------------------------------------------------------------------------

  private async mustBeSaved(): Promise<void> {
    if (!(await this.saveNow())) throw new Error(gettext("What you wrote could not be saved yet."));
  }

  private save(): Promise<void> {
    return this.saving ?? this.alone(this.saveOnce());
  }

  /** One thing at a time goes on with the server's draft. */
  private alone(work: Promise<unknown>): Promise<void> {
    const done = (): void => {
      this.saving = null;
      if (this.state === "unsaved" && !this.deadline.waiting) this.deadline.wish();
    };
    this.saving = work.then(done, done);
    return this.saving;
  }

  private async saveOnce(): Promise<void> {
    this.deadline.cancel();
    const edits = this.edits.count;
    const cells = this.written();
    this.copy.keep({ revision: this.revision, cells });
    if (this.theirs) return; // first somebody decides
    if (this.state !== "signed-out") this.show("saving");
    try {
      this.accept(await this.server.save(this.revision, cells, this.overwriting), edits);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      this.readRefusal(error, cells, edits);
    }
  }

  private accept({ revision, saved_at }: Saved, edits: number): void {
    this.revision = revision;
    this.savedAt = saved_at;
    this.edits.settle(edits);
    this.backOff.reset();
    this.overwriting = false;
    if (this.edits.unsaved) return this.show("unsaved");
    this.copy.forget();
    this.show("saved");
  }

  private readRefusal(error: RefusedError, cells: DraftCell[], edits: number): void {
    const { status, problem, message } = error;
    if (status === 401) return this.show("signed-out");
    if (status === 409) return this.meet(problem as unknown as Theirs, cells, edits);
    if (status !== 0 && status !== 429 && status < 500) return this.show("refused", message);
    this.show("not-saved", message);
    this.deadline.in(error.retryAfterSeconds ?? this.backOff.next());
  }

  /** Somebody else saved. Where that says the same as we do, it was probably us: an answer got lost. */
  private meet(theirs: Theirs, mine: DraftCell[], edits: number): void {
    if (typeof theirs.revision !== "number" || !Array.isArray(theirs.cells)) return this.show("refused");
    if (isSame(theirs.cells, mine)) return this.accept(theirs, edits);
    // The revision stays the one that our text goes back to: by it the server sees what to keep.
    this.theirs = theirs.cells;
    this.show("conflict");
  }

  /** What stands on the page, as exactly as the server wants it. */
  private written(): DraftCell[] {
    return this.draft().map(({ id, type, source }) => ({ id, type, source }));
  }

  // -- Another notebook in its place ---------------------------------------------------------------

  private async replace(ask: () => Promise<Boot>): Promise<number | undefined> {
    while (this.saving) await this.saving;
    this.deadline.cancel();
    const work = ask().then((boot) => this.take(boot));
    await this.alone(work);
    return work;
  }

  private take(boot: Boot): number | undefined {
    this.revision = boot.revision;
    this.savedAt = boot.saved_at;
    this.theirs = null;
    this.edits.settle(this.edits.count);
    this.copy.forget();
    this.outputsSaver.adopt(boot.cells);
    this.tellReplaced(boot);
    this.show("saved");
    return boot.undo;
  }

  private tellReplaced(boot: Boot): void {
    this.replacing = true;
    this.replaceNews.tell(boot);
    this.replacing = false;
  }

  /** After a crash, or a reload without a line: what this tab last wanted to save. */
  private takeUpCopy(): void {
    const kept = this.copy.read();
    if (!kept) return;
    const cells = withOutputs(withDraft(this.boot.cells, kept.cells), this.outputsCopy.read());
    if (isSame(this.boot.cells, cells)) return this.copy.forget();
    this.tellReplaced({ ...this.boot, cells });
    this.changed();
    if (kept.revision >= this.boot.revision) return;
    // Elsewhere somebody went on: the learner decides.
    this.revision = kept.revision;
    this.theirs = this.boot.cells;
    this.show("conflict");
  }

  // -- The page comes and goes ---------------------------------------------------------------------

  private leave(mayReturn: boolean): void {
    this.outputsSaver.flush();
    if (!this.edits.unsaved) return;
    // The answer of what is under way will not be heard; it makes the next revision, and this the one after.
    const rest = this.saving && !mayReturn && !this.theirs;
    if (rest) this.server.save(this.revision + 1, this.written()).catch(() => {});
    else void this.save();
  }

  private back(): void {
    if (this.state === "not-saved" || this.state === "signed-out") void this.save();
  }

  private show(state: SaveState, detail = ""): void {
    if (state === this.state && detail === this.detail) return;
    this.state = state;
    this.detail = detail;
    this.stateNews.tell(state);
  }
}
