/** Requests to our own server: the CSRF token, and refusals as errors whose message can be shown. */
import { gettext, interpolate } from "./i18n";

/** What the server answers instead of a result (RFC 9457). */
export interface Problem {
  title?: string;
  detail?: string;
  errors?: unknown; // every mistake found: [{where, message}]
  [more: string]: unknown;
}

/** The server said no. `status` 0: no answer came at all. */
export class RefusedError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(explain(status, problem));
    this.name = "RefusedError";
  }
}

export type Fetch = typeof fetch;

const MOST_MISTAKES = 5; // shown of those that the server found

export interface Send {
  method?: "GET" | "PUT" | "POST" | "DELETE";
  json?: unknown;
  body?: Blob;
  keepalive?: boolean;
  timeoutSeconds?: number;
}

/**
 * The response, if the server agreed.
 * @throws RefusedError for every other status, and with status 0 where no answer came in time.
 */
export async function send(fetch: Fetch, url: string, { json, body, ...rest }: Send = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const { method = "GET", keepalive = false, timeoutSeconds = 30 } = rest;
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  if (json !== undefined) headers["Content-Type"] = "application/json";
  else if (body) headers["Content-Type"] = "application/octet-stream";
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutSeconds * 1000);
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers,
      body: json === undefined ? (body ?? null) : JSON.stringify(json),
      credentials: "same-origin",
      cache: "no-store",
      keepalive,
      signal: abort.signal as AbortSignal,
    });
  } catch {
    throw new RefusedError(0, {});
  } finally {
    clearTimeout(timer);
  }
  // A page of sign-in where an answer was asked for means the same as 401.
  if (response.redirected && !isJson(response)) throw new RefusedError(401, {});
  if (response.ok) return response;
  throw new RefusedError(response.status, await readProblem(response), retryAfter(response));
}

/** As `send`, and the answer's JSON. @throws RefusedError also for an answer that is none. */
export async function sendForJson<T>(fetch: Fetch, url: string, options: Send = {}): Promise<T> {
  const response = await send(fetch, url, options);
  try {
    return (await response.json()) as T;
  } catch {
    throw new RefusedError(0, {});
  }
}

/** The cookie's value goes first: signing in again in another tab changes it. */
export function csrfToken(): string {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
  const field = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]");
  return cookie ?? field?.value ?? "";
}

function isJson(response: Response): boolean {
  return /\bjson\b/.test(response.headers.get("Content-Type") ?? "");
}

async function readProblem(response: Response): Promise<Problem> {
  if (!isJson(response)) return {};
  try {
    const value: unknown = await response.json();
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

function retryAfter(response: Response): number | null {
  const seconds = Number.parseFloat(response.headers.get("Retry-After") ?? "");
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

function explain(status: number, { title, detail, errors }: Problem): string {
  const words = [detail, title].find((text) => typeof text === "string" && text !== "");
  if (words !== undefined) return [words, ...mistakes(errors)].join(" ");
  if (status === 0) return gettext("The server does not answer.");
  if (status === 401) return gettext("You are signed out.");
  if (status === 413) return gettext("That is too large.");
  return interpolate(gettext("The server refused this (%(status)s)."), { status });
}

/** Each of them with the place where it stands. */
function mistakes(errors: unknown): string[] {
  if (!Array.isArray(errors)) return [];
  return errors.slice(0, MOST_MISTAKES).flatMap((one: Partial<Record<"where" | "message", unknown>> | null) => {
    if (typeof one?.message !== "string" || !one.message) return [];
    return [typeof one.where === "string" && one.where ? `${one.where}: ${one.message}` : one.message];
  });
}
