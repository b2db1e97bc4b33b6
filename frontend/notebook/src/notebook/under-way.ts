/** The run that goes on while the page is reloaded; the tab remembers it. */
import type { Boot } from "../types";

export interface Run {
  cell: string;
  id: string; // of the request
  ran: string; // digest of the text that runs
}

export class UnderWay {
  readonly #key: string;

  constructor(
    boot: Pick<Boot, "learner" | "exercise">,
    private readonly storage: Storage | null,
  ) {
    this.#key = `kilohour.run.${boot.learner}.${boot.exercise.slug}`;
  }

  keep(run: Run): void {
    try {
      this.storage?.setItem(this.#key, JSON.stringify(run));
    } catch {
      // Without room nothing is gone on with; the results come with the next run.
    }
  }

  /** The run, once: a second page of this tab's would only look for what has ended. */
  take(): Run | null {
    try {
      const value: unknown = JSON.parse(this.storage?.getItem(this.#key) ?? "null");
      this.storage?.removeItem(this.#key);
      return isRun(value) ? value : null;
    } catch {
      return null;
    }
  }
}

function isRun(value: unknown): value is Run {
  const run = value as Partial<Run> | null;
  return [run?.cell, run?.id, run?.ran].every((one) => typeof one === "string");
}
