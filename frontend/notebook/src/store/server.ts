/** The addresses of one notebook on the server. Everything here throws RefusedError. */
import { sendForJson, type Fetch } from "../requests";
import type { Boot, CellData, DraftCell } from "../types";

const MOST_KEEPALIVE_BYTES = 60_000; // browsers refuse more than 64 KiB in all

export interface Saved {
  revision: number;
  saved_at: string | null;
}

/** What a conflict's answer tells of the other side. */
export type Theirs = Saved & { cells: CellData[] };

export class DraftServer {
  constructor(
    private readonly fetch: Fetch,
    private readonly urls: Boot["urls"],
  ) {}

  /** With `overwrite`, what was saved elsewhere in the meantime becomes a kept version. */
  save(revision: number, cells: DraftCell[], overwrite = false): Promise<Saved> {
    return this.ask("PUT", this.urls.notebook, overwrite ? { revision, cells, overwrite } : { revision, cells });
  }

  /** The losing side of a conflict becomes a kept version. */
  setAside(revision: number, cells: DraftCell[]): Promise<Saved> {
    return this.ask("PUT", this.urls.notebook, { revision, cells, set_aside: true });
  }

  load(): Promise<Boot> {
    return this.ask("GET", this.urls.notebook);
  }

  reset(cell?: string): Promise<Boot> {
    return this.ask("POST", this.urls.reset, cell === undefined ? {} : { cell });
  }

  restore(version: number): Promise<Boot> {
    return this.ask("POST", this.urls.restore, { version });
  }

  private ask<T>(method: "GET" | "PUT" | "POST", url: string, json?: unknown): Promise<T> {
    // Reaches the server even if the page ends meanwhile.
    const keepalive = json !== undefined && new Blob([JSON.stringify(json)]).size <= MOST_KEEPALIVE_BYTES;
    return sendForJson<T>(this.fetch, url, { method, json, keepalive });
  }
}
