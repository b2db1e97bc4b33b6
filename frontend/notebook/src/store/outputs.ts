/** Saves what cells show: apart from the text, later, and never at its cost. */
import { RefusedError, send, type Fetch } from "../requests";
import type { CellData, Output } from "../types";
import { Deadline } from "./deadline";
import { type KeptOutputs, type OutputsCopy, runOf } from "./kept-outputs";

export interface Shown {
  execution_count: number | null;
  outputs: Output[];
  ran?: string;
}

type Changed = [cell: string, text: string][]; // as JSON

const PAUSE_SECONDS = 2;
const LONGEST_SECONDS = 30;
const AGAIN_SECONDS = 30;
const MOST_CELL_CHARACTERS = 1024 * 1024;
const MOST_CHARACTERS = 5 * 1024 * 1024;
const MOST_KEEPALIVE_BYTES = 30_000; // of the 64 KiB that a page may have under way, the text needs some

export class OutputsSaver {
  private readonly deadline = new Deadline(PAUSE_SECONDS, LONGEST_SECONDS, () => void this.save());
  private readonly sent = new Map<string, string>(); // by cell, as JSON
  private saving = false;
  private isLeaving = false;

  constructor(
    private readonly fetch: Fetch,
    private readonly url: string,
    private readonly shown: () => Record<string, Shown>,
    private readonly copy: OutputsCopy,
  ) {}

  /** The page has just come, with these cells; what the tab kept of an earlier one is saved if the server lacks it. */
  begin(cells: readonly CellData[]): void {
    this.know(cells);
    if (this.copy.read()) this.changed();
  }

  changed(): void {
    this.isLeaving = false;
    this.deadline.wish();
    // A reload asks for the page before it ends this one.
    window.addEventListener("beforeunload", this.leaving);
  }

  /** Does not wait any longer, if something waits. */
  flush(): void {
    if (this.deadline.waiting) void this.save();
  }

  /** Nothing runs any more. What a page that ends could not take along waits no longer. */
  settled(): void {
    if (this.deadline.waiting && bytes(this.changes()) > MOST_KEEPALIVE_BYTES) void this.save();
  }

  /** The server has handed these out in the place of what was there: nothing of them needs to be sent. */
  adopt(cells: readonly CellData[]): void {
    this.deadline.cancel();
    this.copy.forget();
    this.know(cells);
  }

  private know(cells: readonly CellData[]): void {
    this.sent.clear();
    for (const { id, execution_count, outputs, ran } of cells) this.sent.set(id, JSON.stringify({ execution_count, outputs, ran }));
  }

  private readonly leaving = (): void => {
    this.isLeaving = true;
    this.flush();
  };

  private async save(): Promise<void> {
    const changed = this.changes();
    const outputs = Object.fromEntries(changed.map(([cell, text]) => [cell, JSON.parse(text) as Shown]));
    this.keep(outputs);
    if (this.saving) return this.deadline.wish();
    this.deadline.cancel();
    // Browsers keep no page ready for "back" while it listens to this.
    window.removeEventListener("beforeunload", this.leaving);
    if (!changed.length) return;
    this.saving = true;
    try {
      const keepalive = bytes(changed) <= MOST_KEEPALIVE_BYTES; // the page may end meanwhile
      await send(this.fetch, this.url, { method: "PUT", json: { outputs }, keepalive });
      this.settle(changed);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      const mayHelp = error.status === 0 || error.status === 401 || error.status === 429 || error.status >= 500;
      if (mayHelp) this.deadline.in(error.retryAfterSeconds ?? AGAIN_SECONDS);
      else this.settle(changed);
    } finally {
      this.saving = false;
    }
  }

  /** The server has them, or will never take them. */
  private settle(changed: Changed): void {
    for (const [cell, text] of changed) this.sent.set(cell, text);
    // Where the next page is being made already, it may be without them.
    if (!this.deadline.waiting && !this.isLeaving) this.copy.forget();
  }

  /** A page that is made meanwhile will not have them. */
  private keep(outputs: Record<string, Shown>): void {
    const kept = Object.entries(outputs).map(([cell, shown]) => {
      const before = JSON.parse(this.sent.get(cell) ?? '{"execution_count":null}') as Shown;
      return [cell, { before: runOf(before), shown }];
    });
    if (kept.length) this.copy.keep(Object.fromEntries(kept) as KeptOutputs);
    else this.copy.forget();
  }

  private changes(): Changed {
    return [...this.read()].filter(([cell, text]) => this.sent.get(cell) !== text);
  }

  /** Each cell as JSON. Of a cell that shows too much, or too much after the others, nothing is kept. */
  private read(): Map<string, string> {
    let left = MOST_CHARACTERS;
    const texts = new Map<string, string>();
    for (const [cell, { execution_count, outputs, ran }] of Object.entries(this.shown())) {
      let text = JSON.stringify({ execution_count, outputs, ran });
      if (text.length > Math.min(MOST_CELL_CHARACTERS, left)) text = JSON.stringify({ execution_count, outputs: [], ran });
      left -= text.length;
      texts.set(cell, text);
    }
    return texts;
  }
}

function bytes(texts: string[][]): number {
  return new Blob(texts.flat()).size;
}
