import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { mountFiles, MOST_BYTES } from "../../src/files/files";
import type { Boot, FileEntry, Kernel, NotebookView } from "../../src/types";
import { FakeKernel, frames } from "../render/tools";

afterEach(() => document.body.replaceChildren());

class FileKernel extends FakeKernel {
  list: FileEntry[] = [];
  asked = 0;
  uploaded: File[] = [];
  refusal: Error | null = null;

  async files(): Promise<FileEntry[]> {
    this.asked += 1;
    if (this.refusal) throw this.refusal;
    return this.list;
  }

  fileUrl(path: string): string {
    return `/kernel/x/files/${encodeURIComponent(path)}`;
  }

  async upload(file: File): Promise<void> {
    if (this.refusal) throw this.refusal;
    this.uploaded.push(file);
  }
}

function mount(kernel: FileKernel): { panel: HTMLDetailsElement; announced: string[] } {
  const announced: string[] = [];
  const panels = document.createElement("div");
  document.body.append(panels);
  const view = { panels, announce: (text: string) => void announced.push(text) } as unknown as NotebookView;
  mountFiles(view, kernel as unknown as Kernel, { data: [{ name: "points.csv", size: 1234 }] } as unknown as Boot);
  return { panel: panels.querySelector("details")!, announced };
}

const still = () => frames(700); // after the last run
const entry = (path: string, size = 10): FileEntry => ({ path, size, modified_at: "2026-11-22T10:00:00Z" });

function choose(panel: HTMLElement, file: File): void {
  const chooser = panel.querySelector<HTMLInputElement>("input[type=file]")!;
  Object.defineProperty(chooser, "files", { configurable: true, value: [file] });
  chooser.dispatchEvent(new Event("change"));
}

test("files are listed when runs are over, with sizes and links, and public data are named", async () => {
  const kernel = new FileKernel();
  kernel.state = "ready";
  const { panel } = mount(kernel);
  kernel.list = [entry("plot.png", 12_345), entry("data/points.csv", 1234), entry('a"><b>.txt')];
  for (const state of ["busy", "ready", "busy", "ready"] as const) kernel.become(state);
  await still();
  assert.equal(kernel.asked, 1, "once for runs that follow each other");
  const rows = [...panel.querySelectorAll("li")].map((row) => row.textContent);
  assert.equal(rows.length, 3);
  assert.match(rows[1]!, /data\/points\.csv.*Public data.*1\.2 kB/);
  assert.match(rows[2]!, /plot\.png12 kB/);
  const link = panel.querySelectorAll("a")[2]!;
  assert.equal(link.getAttribute("href"), "/kernel/x/files/plot.png");
  assert.equal(link.download, "plot.png");
  assert.equal(panel.querySelector("b"), null);
});

test("before a kernel runs, the data are named without links, and looking says what to do", async () => {
  const kernel = new FileKernel();
  kernel.state = "off";
  const { panel } = mount(kernel);
  assert.match(panel.querySelector("li")!.textContent!, /data\/points\.csv/);
  assert.equal(panel.querySelector("a"), null);
  panel.querySelectorAll("button")[1]!.click();
  await frames();
  assert.equal(kernel.asked, 0);
  assert.match(panel.textContent!, /run a cell first/);
});

test("an upload is sent, said and listed", async () => {
  const kernel = new FileKernel();
  kernel.state = "ready";
  const { panel, announced } = mount(kernel);
  kernel.list = [entry("mine.txt", 3)];
  choose(panel, new File(["abc"], "mine.txt"));
  await frames();
  assert.equal(kernel.uploaded[0]!.name, "mine.txt");
  assert.match(announced[0]!, /mine\.txt/);
  assert.match(panel.querySelector("li")!.textContent!, /mine\.txt/);
});

test("what is too large or badly named is refused here, with the reason", async () => {
  const kernel = new FileKernel();
  kernel.state = "ready";
  const { panel } = mount(kernel);
  choose(panel, new File([new Uint8Array(MOST_BYTES + 1)], "big.bin"));
  assert.match(panel.querySelector("[role=alert]")!.textContent!, /too large: 5\.0 MB/);
  choose(panel, new File(["x"], ".hidden"));
  assert.match(panel.querySelector("[role=alert]")!.textContent!, /cannot be called/);
  assert.equal(kernel.uploaded.length, 0);
});

test("what the server says against it is shown", async () => {
  const kernel = new FileKernel();
  kernel.state = "ready";
  kernel.refusal = new Error("A cell is running. Try again when it is done.");
  const { panel } = mount(kernel);
  choose(panel, new File(["x"], "x.txt"));
  await frames();
  assert.match(panel.querySelector("[role=alert]")!.textContent!, /A cell is running/);
});

test("a run that ends while the list is on its way is looked after again", async () => {
  const kernel = new FileKernel();
  kernel.state = "ready";
  const { panel } = mount(kernel);
  const waiting: ((files: FileEntry[]) => void)[] = [];
  kernel.files = () => new Promise((resolve) => waiting.push(resolve));
  const run = async () => {
    kernel.become("busy");
    kernel.become("ready");
    await still();
  };
  await run();
  await run();
  assert.equal(waiting.length, 1);
  waiting[0]!([entry("old.txt")]);
  await frames();
  assert.equal(waiting.length, 2);
  waiting[1]!([entry("new.txt")]);
  await frames();
  assert.match(panel.querySelector("li")!.textContent!, /new\.txt/);
  assert.equal(waiting.length, 2);
});

test("who looks while the kernel is away sees the files once it is back", async () => {
  const kernel = new FileKernel();
  kernel.state = "reconnecting";
  const { panel } = mount(kernel);
  panel.querySelectorAll("button")[1]!.click();
  kernel.list = [entry("kept.txt")];
  kernel.become("ready");
  await still();
  assert.match(panel.querySelector("li")!.textContent!, /kept\.txt/);
});
