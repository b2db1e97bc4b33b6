/** The run that goes on while the page is reloaded; the tab remembers it. */
import { TabItem } from "../store/tab-item";
import type { Boot } from "../types";

export interface Run {
  cell: string;
  id: string; // of the request
  ran: string; // digest of the text that runs
}

export function runUnderWay(boot: Pick<Boot, "learner" | "exercise">, storage: Storage | null): TabItem<Run> {
  return new TabItem(`kilohour.run.${boot.learner}.${boot.exercise.slug}`, isRun, storage);
}

function isRun(value: unknown): value is Run {
  const run = value as Partial<Run> | null;
  return [run?.cell, run?.id, run?.ran].every((one) => typeof one === "string");
}
