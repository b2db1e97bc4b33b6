import { gettext, interpolate } from "../i18n";
import { element } from "../render/element";
import { formatSize, shorten } from "../render/text";
import type { Boot, FileEntry, Kernel, NotebookView } from "../types";

export const MOST_BYTES = 5_000_000; // of an upload
const MOST_SHOWN = 200;
const STILL_MILLISECONDS = 500; // one run often follows another

/** Puts the session's files below the notebook: what is there, to download, and a button to bring one. */
export function mountFiles(view: NotebookView, kernel: Kernel, boot: Boot): void {
  const panel = new FilesPanel(view, kernel, boot);
  view.panels.append(panel.element);
}

class FilesPanel {
  readonly element: HTMLDetailsElement;
  private readonly list = element("ul", "files-list");
  private readonly count = element("span", "files-count");
  private readonly note = element("p", "files-note", "", { role: "status" });
  private readonly problem = element("p", "files-problem", "", { role: "alert" });
  private readonly chooser = element("input", "visually-hidden", [], { type: "file", tabindex: "-1", "aria-hidden": "true" });
  private readonly given: ReadonlySet<string>;
  private isAsking = false;
  private isAskedAgain = false;
  private wasBusy = false;
  private isStale = false; // the list is that of another process
  private soon: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly view: NotebookView,
    private readonly kernel: Kernel,
    boot: Boot,
  ) {
    this.given = new Set(boot.data.map(({ name }) => name.replace(/^(?:\.?\/)?(?:data\/)?/, "data/")));
    const summary = element("summary", "", [gettext("Files"), " ", this.count]);
    const size = formatSize(MOST_BYTES);
    const upload = element("button", "button is-small", gettext("Upload a file"), { type: "button" });
    const renew = element("button", "button is-small is-quiet", gettext("Look again"), { type: "button" });
    const hint = interpolate(gettext("Files live as long as the session; download what you want to keep. Uploads: at most %(size)s."), { size });
    const actions = element("div", "files-actions", [upload, renew, this.chooser]);
    this.element = element("details", "notebook-panel files", [
      summary,
      element("div", "notebook-panel-body", [this.note, this.list, this.problem, actions, element("p", "files-hint", hint)]),
    ]);
    upload.addEventListener("click", () => this.chooser.click());
    renew.addEventListener("click", () => void this.renew());
    this.chooser.addEventListener("change", () => void this.upload());
    this.element.addEventListener("toggle", () => this.element.open && void this.renew());
    kernel.onState((state) => this.follow(state));
    kernel.onFresh(() => {
      this.isStale = true;
      void this.renew();
    });
    this.show(boot.data.map(({ name, size: bytes }) => ({ path: name.replace(/^(?:\.?\/)?(?:data\/)?/, "data/"), size: bytes, modified_at: "" })));
  }

  /** Looks when the runs are over. */
  private follow(state: Kernel["state"]): void {
    const ended = (this.wasBusy || this.isStale) && state === "ready";
    this.wasBusy = state === "busy" || (this.wasBusy && state !== "ready");
    if (state === "busy") clearTimeout(this.soon);
    if (ended) this.soon = setTimeout(() => void this.renew(), STILL_MILLISECONDS);
  }

  private get isAlive(): boolean {
    return this.kernel.state === "ready" || this.kernel.state === "busy";
  }

  private async renew(): Promise<void> {
    clearTimeout(this.soon);
    if (!this.isAlive) {
      this.isStale = true;
      return this.say(gettext("Files are listed here once the kernel runs: run a cell first."));
    }
    // The answer on its way may be older than what made us ask.
    this.isAskedAgain = this.isAsking;
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      const files = await this.kernel.files();
      this.isStale = false;
      this.say("");
      this.complain("");
      this.show(Array.isArray(files) ? files.filter(isEntry) : []);
    } catch (error) {
      this.complain(messageOf(error, gettext("The files could not be listed. Try again.")));
    } finally {
      this.isAsking = false;
    }
    if (this.isAskedAgain) await this.renew();
  }

  private async upload(): Promise<void> {
    const file = this.chooser.files?.[0];
    this.chooser.value = "";
    if (!file) return;
    const refused = refusal(file);
    if (refused) return this.complain(refused);
    this.complain("");
    this.say(interpolate(gettext("Uploading %(name)s…"), { name: file.name }));
    try {
      if (!this.isAlive && !(await this.kernel.start())) throw new Error(gettext("The kernel did not start."));
      await this.kernel.upload(file);
      this.view.announce(interpolate(gettext("%(name)s is there."), { name: file.name }));
      await this.renew();
    } catch (error) {
      this.say("");
      this.complain(messageOf(error, gettext("The file could not be uploaded. Try again.")));
    }
  }

  private show(files: FileEntry[]): void {
    const sorted = [...files].sort((one, other) => one.path.localeCompare(other.path, "en"));
    this.list.replaceChildren(...sorted.slice(0, MOST_SHOWN).map((file) => this.row(file)));
    this.count.textContent = files.length ? `(${files.length})` : "";
    if (files.length > MOST_SHOWN) {
      const more = { count: files.length - MOST_SHOWN };
      this.list.append(element("li", "files-more", interpolate(gettext("and %(count)s more"), more)));
    } else if (!files.length) {
      this.list.append(element("li", "files-more", gettext("No files yet.")));
    }
  }

  private row({ path, size }: FileEntry): HTMLElement {
    const isGiven = this.given.has(path);
    const parts: Node[] = [this.name(path)];
    if (isGiven) parts.push(element("span", "badge", gettext("Public data of this exercise")));
    parts.push(element("span", "files-size", formatSize(Math.max(0, Number(size) || 0))));
    return element("li", "", parts);
  }

  private name(path: string): HTMLElement {
    const shown = shorten(path, 200);
    if (!this.isAlive) return element("span", "files-name", shown);
    const name = path.slice(path.lastIndexOf("/") + 1);
    return element("a", "files-name", shown, { href: this.kernel.fileUrl(path), download: name });
  }

  private say(text: string): void {
    this.note.textContent = text;
  }

  private complain(text: string): void {
    this.problem.textContent = text;
  }
}

/** Why a file cannot be taken, or "". */
function refusal(file: File): string {
  const values = { name: shorten(file.name, 100), size: formatSize(file.size), most: formatSize(MOST_BYTES) };
  if (file.size > MOST_BYTES) {
    return interpolate(gettext("%(name)s is too large: %(size)s. At most %(most)s can be uploaded."), values);
  }
  if (!file.name || file.name.startsWith(".") || /[/\\\0]/.test(file.name)) {
    return interpolate(gettext("A file cannot be called %(name)s here. Rename it first."), values);
  }
  return "";
}

function isEntry(value: unknown): value is FileEntry {
  return typeof (value as Partial<FileEntry> | null)?.path === "string";
}

function messageOf(error: unknown, otherwise: string): string {
  return error instanceof Error && error.message ? error.message : otherwise;
}
