/** What the page asks the server about checks and submissions, and what the server answers. */
import { RefusedError, sendForJson } from "../requests";

/** What one check found. `cell` is the cell that it concerns, where there is one. */
export interface Result {
  title: string;
  about: string;
  verdict: string;
  passed: boolean;
  cell: string | null;
  points: number;
  max_points: number;
  message: string;
  example: string;
  hints: string[];
}

/** A cell that did not run to its end in the fresh Python of the grader. */
export interface Stumble {
  id: string;
  verdict: string;
  message: string;
}

/** Where a run stands, and what it has found so far. */
export interface RunState {
  id: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  done: boolean;
  place: number | null;
  phase: string; // kernel, cells, checks; or empty
  cell: { index: number; of: number } | null;
  checks_of: number;
  results: Result[];
  cells: Stumble[];
  message: string;
  verdict: string | null;
  points: number | null;
  max_points: number | null;
  poll_after_seconds: number | null;
  page?: string; // of a submission: its own page
}

/** A run that was accepted; it is followed at `url`. */
export interface Accepted {
  id: string;
  url: string;
  cancel: string; // POST: nothing more is done about it
  attempts_left?: number | null;
}

/** @throws RefusedError */
export function post(url: string, json: object): Promise<Accepted> {
  return sendForJson<Accepted>(fetch, url, { method: "POST", json });
}

/** Where it stands then: it may have ended by itself. @throws RefusedError */
export function cancel(accepted: Accepted): Promise<RunState> {
  return sendForJson<RunState>(fetch, accepted.cancel, { method: "POST", json: {} });
}

/** @throws RefusedError */
export function getState(url: string): Promise<RunState> {
  return sendForJson<RunState>(fetch, url);
}

/** Saved elsewhere in the meantime. */
export function isConflict(error: unknown): boolean {
  return error instanceof RefusedError && error.problem.code === "draft-conflict";
}
