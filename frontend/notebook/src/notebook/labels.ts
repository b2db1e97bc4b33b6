/** The words for cells and their states. */
import { gettext, interpolate } from "../i18n";
import type { CellRole, CellType } from "../types";
import type { CellState } from "./states";

export interface Described {
  type: CellType;
  role: CellRole;
  position: number;
  total: number;
  number: number | undefined;
  count: number | null;
  state: CellState | null; // of code
  errorName: string;
}

/** "Code cell 3 of 8, graded, run 2, failed": what a screen reader says about the whole cell. */
export function cellLabel(cell: Described): string {
  const place = { position: cell.position, total: cell.total };
  const parts = [
    interpolate(
      cell.type === "code"
        ? gettext("Code cell %(position)s of %(total)s")
        : gettext("Text cell %(position)s of %(total)s"),
      place,
    ),
    roleWords(cell.role),
  ];
  if (cell.state) {
    if (cell.count !== null) parts.push(interpolate(gettext("run %(count)s"), { count: cell.count }));
    parts.push(stateWords(cell.state));
  }
  return parts.filter(Boolean).join(", ");
}

function roleWords(role: CellRole): string {
  if (role === "answer") return gettext("graded");
  return role === "locked" ? gettext("read-only") : "";
}

/** What stands at the head of a cell. */
export function cellName(type: CellType, role: CellRole, number: number | undefined): string {
  if (role === "answer") return interpolate(gettext("Your answer %(number)s"), { number: number ?? "" }).trim();
  if (role === "locked") return type === "code" ? gettext("Given code") : gettext("Text");
  return type === "code" ? gettext("Your own cell") : gettext("Your own text");
}

export function stateWords(state: CellState): string {
  switch (state) {
    case "not-run":
      return gettext("not run");
    case "waiting":
      return gettext("waiting");
    case "running":
      return gettext("running");
    case "ok":
      return gettext("finished");
    case "failed":
      return gettext("failed");
    case "stopped":
      return gettext("stopped");
    case "lost":
      return gettext("Python ended");
    case "changed":
      return gettext("changed since its last run");
    case "earlier":
      return gettext("from an earlier session");
  }
}

/** `[3]`, `[*]` or `[ ]`, as in Jupyter. */
export function countText(count: number | null, state: CellState): string {
  if (state === "waiting" || state === "running") return "[*]";
  return `[${count ?? " "}]`;
}

/** How long it took: tenths below ten seconds, then whole ones, then minutes. */
export function durationText(seconds: number): string {
  if (seconds < 0.05) return gettext("0.0 s");
  if (seconds < 9.95) return interpolate(gettext("%(seconds)s s"), { seconds: seconds.toFixed(1) });
  if (seconds < 59.5) return interpolate(gettext("%(seconds)s s"), { seconds: Math.round(seconds) });
  const whole = Math.round(seconds);
  return interpolate(gettext("%(minutes)s min %(seconds)s s"), {
    minutes: Math.floor(whole / 60),
    seconds: whole % 60,
  });
}

/** What is said once a run has ended. */
export function endWords(position: number, state: CellState, errorName: string): string {
  switch (state) {
    case "failed":
      return interpolate(gettext("Cell %(position)s failed: %(error)s"), { position, error: errorName });
    case "stopped":
      return interpolate(gettext("Cell %(position)s was stopped"), { position });
    case "lost":
      return interpolate(gettext("Python ended while cell %(position)s was running"), { position });
    default:
      return interpolate(gettext("Cell %(position)s finished"), { position });
  }
}
