/** Following a run until nothing more will come of it. */
import { RefusedError } from "../requests";
import { getState, type RunState } from "./server";

const FIRST_RETRY_SECONDS = 1;
const LAST_RETRY_SECONDS = 15;

export interface Listener {
  onState(state: RunState): void;
  /** The line is down; it tries again by itself. */
  onLine(isUp: boolean): void;
}

/**
 * Asks as often as the server wants to be asked, through lost lines and restarts of the server.
 * Resolves with the last state; throws a RefusedError, or an AbortError once `signal` says so.
 */
export async function follow(url: string, listener: Listener, signal: AbortSignal): Promise<RunState> {
  let retry = 0;
  for (;;) {
    let wait: number;
    try {
      const state = await getState(url);
      signal.throwIfAborted();
      if (retry) listener.onLine(true);
      retry = 0;
      listener.onState(state);
      if (state.done) return state;
      wait = state.poll_after_seconds ?? FIRST_RETRY_SECONDS;
    } catch (error) {
      const isLate = error instanceof RefusedError && (error.status === 0 || error.status >= 500);
      if (signal.aborted || !isLate) throw error;
      listener.onLine(false);
      retry = Math.min(retry ? retry * 2 : FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS);
      wait = retry;
    }
    await pause(wait, signal);
  }
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(end, seconds * 1000);
    signal.addEventListener("abort", giveUp, { once: true });

    function end(): void {
      signal.removeEventListener("abort", giveUp);
      resolve();
    }

    function giveUp(): void {
      clearTimeout(timer);
      reject(signal.reason as Error);
    }
  });
}
