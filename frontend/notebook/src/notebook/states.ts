/** How it stands with a code cell. */
import type { CellData, ExecuteResult, Output } from "../types";
import { digest } from "./digest";

export type Phase = "idle" | "waiting" | "running";
export type Outcome = "none" | "ok" | "failed" | "stopped" | "lost";

/** What is shown; each has words and a sign of its own. */
export type CellState =
  | "not-run"
  | "waiting"
  | "running"
  | "ok"
  | "failed"
  | "stopped" // by the learner
  | "lost" // the kernel went away in the middle
  | "changed" // since its last run
  | "earlier"; // ran, but in a kernel that is gone

/** What is known of a cell's runs. */
export interface RunRecord {
  phase: Phase;
  outcome: Outcome;
  /** Digest of the text that ran last; null before the first run. */
  ran: string | null;
  /** The values of the last run are gone with their kernel. */
  isEarlier: boolean;
  count: number | null;
  seconds: number | null;
}

export function stateOf(record: RunRecord, source: string): CellState {
  if (record.phase !== "idle") return record.phase;
  if (record.outcome === "none") return "not-run";
  if (record.ran !== digest(source)) return "changed";
  return record.isEarlier ? "earlier" : record.outcome;
}

/** What the saved notebook tells; whether its kernel still lives is found out later. */
export function savedRecord(data: CellData): RunRecord {
  const ran = data.execution_count !== null || data.outputs.length > 0;
  return {
    phase: "idle",
    outcome: ran ? outcomeOf(data.outputs) : "none",
    ran: ran ? data.ran || digest(data.source) : null,
    isEarlier: ran,
    count: data.execution_count,
    seconds: null,
  };
}

function outcomeOf(outputs: Output[]): Outcome {
  const error = outputs.find((output) => output.output_type === "error");
  if (!error) return "ok";
  return error.ename === "KeyboardInterrupt" ? "stopped" : "failed";
}

export function outcomeOfRun(result: ExecuteResult, errorName: string): Outcome {
  switch (result.status) {
    case "ok":
      return "ok";
    case "lost":
      return "lost";
    case "aborted":
      return "none";
    case "error":
      return errorName === "KeyboardInterrupt" ? "stopped" : "failed";
  }
}

/** A fresh kernel knows nothing: counts go, results stay to be read, and so does which cell Python ended in. */
export function afterFresh(record: RunRecord): RunRecord {
  return { ...record, count: null, isEarlier: record.outcome !== "none" && record.outcome !== "lost" };
}

/** The kernel of the saved notebook is still there. */
export function afterReunion(record: RunRecord): RunRecord {
  return record.count === null ? record : { ...record, isEarlier: false };
}
