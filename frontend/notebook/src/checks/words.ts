/** What is said about runs and their results. */
import { gettext, interpolate, ngettext } from "../i18n";
import { RefusedError } from "../requests";
import { isConflict, type RunState } from "./server";

/** How a verdict looks and reads: never by colour alone. */
export function verdictWord(verdict: string): string {
  const words: Record<string, string> = {
    passed: gettext("Passed"),
    failed: gettext("Not right yet"),
    error: gettext("Your code raised an error"),
    not_attempted: gettext("Not attempted"),
    time_limit: gettext("Took too long"),
    memory_limit: gettext("Used too much memory"),
    output_limit: gettext("Printed too much"),
    kernel_died: gettext("Python stopped"),
    forbidden: gettext("Not allowed here"),
    platform: gettext("Our fault"),
  };
  return words[verdict] ?? verdict;
}

/** What a run is for: "review" is handed in too, but its checks only open the way to a mentor. */
export type Purpose = "check" | "grade" | "review";

/** One sentence about where a run stands. */
export function sentence(state: RunState, purpose: Purpose): string {
  const isSubmission = purpose !== "check";
  switch (state.state) {
    case "queued":
      return waiting(state);
    case "running":
      return doing(state);
    case "cancelled":
      return isSubmission
        ? gettext("This submission was cancelled.")
        : gettext("This check was stopped before its end.");
    case "failed":
      return isSubmission ? gettext("This could not be graded.") : gettext("This could not be checked.");
    case "done":
      return { check: checked, grade: graded, review: prepared }[purpose](state);
  }
}

function waiting(state: RunState): string {
  if (state.message) return gettext("Waiting to try again.");
  const before = (state.place ?? 1) - 1;
  if (before < 1) return gettext("Waiting. You are next.");
  const text = ngettext("Waiting. %(before)s is before you.", "Waiting. %(before)s are before you.", before);
  return interpolate(text, { before });
}

function doing(state: RunState): string {
  if (state.phase === "cells" && state.cell)
    return interpolate(gettext("Running cell %(index)s of %(of)s in a fresh Python."), state.cell);
  if (state.phase === "checks" && state.checks_of) {
    const values = { done: state.results.length, of: state.checks_of };
    return interpolate(gettext("Checking: %(done)s of %(of)s checks done."), values);
  }
  return state.phase === "checks" ? gettext("Checking your answers.") : gettext("Starting Python.");
}

function checked(state: RunState): string {
  if (!state.results.length) return gettext("There is no check to try beforehand here; your notebook was run.");
  return tally(state);
}

function graded(state: RunState): string {
  const points = { points: number(state.points), most: number(state.max_points) };
  return `${interpolate(gettext("Graded: %(points)s of %(most)s points."), points)} ${tally(state)}`;
}

function prepared(state: RunState): string {
  if (state.points === state.max_points) return gettext("All pre-checks passed. Ready for review.");
  const points = { points: number(state.points), most: number(state.max_points) };
  const said = interpolate(gettext("Pre-checks: %(points)s of %(most)s points. Not ready for review yet."), points);
  return `${said} ${tally(state)}`;
}

function tally(state: RunState): string {
  const count = state.results.length;
  const passed = state.results.filter((result) => result.passed).length;
  return interpolate(
    ngettext("%(passed)s of %(count)s check passed.", "%(passed)s of %(count)s checks passed.", count),
    { passed, count },
  );
}

/** Two decimals at most, and none that says nothing. */
export function number(value: number | null): string {
  return String(Math.round((value ?? 0) * 100) / 100);
}

/** Why nothing came of it, and that nothing is lost. */
export function refusalWord(error: unknown): string {
  if (isConflict(error)) return conflictWord();
  if (!(error instanceof RefusedError)) return gettext("Something on this page failed. What you wrote is saved; load it again.");
  switch (error.status) {
    case 0:
      return gettext("The server cannot be reached. What you wrote stays here; try again in a moment.");
    case 401:
      return signedOutWord();
    case 403:
      return gettext("The server no longer knows this page. Load it again once everything is saved.");
  }
  if (error.status >= 500 && !error.problem.detail)
    return gettext("Something on our side failed. What you wrote is saved; try again in a moment.");
  return error.message;
}

export function conflictWord(): string {
  return gettext("This exercise was changed elsewhere. Choose which version stays, then try again.");
}

export function signedOutWord(): string {
  return gettext("You are signed out. What you wrote stays here: sign in in another tab, then try again.");
}
