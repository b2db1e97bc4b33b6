/** Requests with one reply: completion, documentation, lists of comms. */
import type { CompleteReply, InspectReply } from "../types";
import { isDictionary, type Dictionary, type Message } from "./frames";
import { count, parentOf, request, tooDeep } from "./messages";

const MOST_MATCHES = 2_000;

export class Answers {
  private readonly open = new Map<string, (reply: Dictionary | null) => void>();

  constructor(private readonly send: (message: Message) => boolean) {}

  /** The reply's content, or null: refused, without a line, or not within the time. */
  ask(type: string, content: Dictionary, seconds: number): Promise<Dictionary | null> {
    const message = request("shell", type, content);
    const id = message.header.msg_id;
    return new Promise((resolve) => {
      const timer = setTimeout(() => answer(null), seconds * 1000);
      const answer = (reply: Dictionary | null): void => {
        clearTimeout(timer);
        this.open.delete(id);
        resolve(reply);
      };
      this.open.set(id, answer);
      try {
        if (!this.send(message)) answer(null);
      } catch {
        answer(null); // too large
      }
    });
  }

  /** True when the message was a reply somebody waits for. */
  hear(message: Message): boolean {
    const id = parentOf(message);
    const answer = message.channel === "shell" && id !== null ? this.open.get(id) : undefined;
    answer?.(message.content.status === "error" ? null : message.content);
    return answer !== undefined;
  }

  /** Nobody will answer any more. */
  lose(): void {
    for (const answer of [...this.open.values()]) answer(null);
  }
}

export function readCompletion(content: Dictionary | null): CompleteReply | null {
  if (!content || !Array.isArray(content.matches)) return null;
  const matches = content.matches.filter((one): one is string => typeof one === "string").slice(0, MOST_MATCHES);
  const [from, to] = [count(content.cursor_start), count(content.cursor_end)];
  if (from === null || to === null || from > to) return null;
  const metadata = isDictionary(content.metadata) && !tooDeep(content.metadata) ? content.metadata : {};
  return { matches, cursor_start: from, cursor_end: to, metadata };
}

export function readInspection(content: Dictionary | null): InspectReply | null {
  if (!content) return null;
  const data = isDictionary(content.data) && !tooDeep(content.data) ? content.data : {};
  return { found: content.found === true, data };
}

export function readComms(content: Dictionary | null): Record<string, { target_name: string }> {
  const comms = isDictionary(content?.comms) ? Object.entries(content.comms) : [];
  return Object.fromEntries(
    comms.flatMap(([id, about]) =>
      isDictionary(about) && typeof about.target_name === "string" ? [[id, { target_name: about.target_name }]] : [],
    ),
  );
}
