/** How a cell stands, in a sign and a word, with the time while it runs. */
import { element } from "../render/element";
import { icon, type IconName } from "./icons";
import { countText, durationText, stateWords } from "./labels";
import type { CellState, RunRecord } from "./states";

const SIGNS: Readonly<Record<CellState, IconName>> = {
  "not-run": "blank",
  waiting: "clock",
  running: "spin",
  ok: "check",
  failed: "cross",
  stopped: "hand",
  lost: "bolt",
  changed: "pen",
  earlier: "past",
};
const WITH_TIME: ReadonlySet<CellState> = new Set(["ok", "failed", "stopped"]);

export class StatusLine {
  readonly element = element("span", "nb-status");
  readonly count = element("span", "nb-count", "", { "aria-hidden": "true" });
  readonly #words = element("span");
  readonly #time = element("span", "number nb-time");
  #state: CellState | null = null;
  #clock: ReturnType<typeof setInterval> | undefined;

  show(state: CellState, record: RunRecord): void {
    this.count.textContent = countText(record.count, state);
    if (state !== this.#state) this.#change(state, record.seconds ?? 0);
    if (state !== "running") {
      this.#time.textContent = WITH_TIME.has(state) && record.seconds !== null ? durationText(record.seconds) : "";
    }
  }

  #change(state: CellState, seconds: number): void {
    this.#state = state;
    this.element.dataset["state"] = state;
    this.#words.textContent = stateWords(state);
    this.element.replaceChildren(icon(SIGNS[state]), this.#words, this.#time);
    clearInterval(this.#clock);
    if (state === "running") this.#run(seconds);
  }

  /** Counts from the second second on: most cells are done before. `seconds` of it are over already. */
  #run(seconds: number): void {
    const began = performance.now() - seconds * 1000;
    this.#time.textContent = "";
    this.#clock = setInterval(() => {
      this.#time.textContent = durationText(Math.floor((performance.now() - began) / 1000));
    }, 1000);
  }
}
