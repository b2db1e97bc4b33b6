/** Making requests, and reading what a kernel says about outputs; the kernel may say anything. */
import type { CommMessage, Output } from "../types";
import { isDictionary, type Channel, type Dictionary, type Message } from "./frames";
import { newId } from "./ids";

const PROTOCOL = "5.4";
const DEEPEST = 64;
const SESSION = newId();

export function request(channel: Channel, type: string, content: Dictionary, more: Partial<Message> = {}): Message {
  const date = new Date().toISOString();
  const header = { msg_id: newId(), msg_type: type, session: SESSION, username: "learner", date, version: PROTOCOL };
  return { channel, header, parent_header: {}, metadata: {}, content, buffers: [], ...more };
}

export function parentOf(message: Message): string | null {
  return typeof message.parent_header.msg_id === "string" ? message.parent_header.msg_id : null;
}

/** The output that a message of iopub carries, or null: none, or none that could be kept as nbformat. */
export function readOutput({ header, content, metadata }: Message): Output | null {
  switch (header.msg_type) {
    case "stream":
      return readStream(content, metadata);
    case "display_data":
    case "update_display_data":
      return readDisplay("display_data", content);
    case "execute_result":
      return readDisplay("execute_result", content);
    case "error":
      return readError(content);
    default:
      return null;
  }
}

function readStream(content: Dictionary, metadata: Dictionary): Output | null {
  if (typeof content.text !== "string") return null;
  const output: Output = {
    output_type: "stream",
    name: content.name === "stderr" ? "stderr" : "stdout",
    text: content.text,
  };
  // The server's own notes, such as "the rest was cut".
  if (isDictionary(metadata.kilohour)) output.metadata = { kilohour: metadata.kilohour };
  return output;
}

function readDisplay(type: "display_data" | "execute_result", content: Dictionary): Output | null {
  if (!isDictionary(content.data) || tooDeep(content.data)) return null;
  const metadata = isDictionary(content.metadata) && !tooDeep(content.metadata) ? content.metadata : {};
  const output: Output = { output_type: type, data: content.data, metadata };
  if (type === "execute_result") output.execution_count = count(content.execution_count);
  const id = isDictionary(content.transient) ? content.transient.display_id : undefined;
  if (typeof id === "string") output.transient = { display_id: id };
  return output;
}

function readError(content: Dictionary): Output {
  const lines = Array.isArray(content.traceback) ? content.traceback : [];
  return {
    output_type: "error",
    ename: word(content.ename),
    evalue: word(content.evalue),
    traceback: lines.filter((line): line is string => typeof line === "string"),
  };
}

export function readComm(message: Message): CommMessage | null {
  const { header, content, metadata, buffers } = message;
  const type = header.msg_type as CommMessage["type"];
  if (type !== "comm_open" && type !== "comm_msg" && type !== "comm_close") return null;
  if (typeof content.comm_id !== "string") return null;
  const data = isDictionary(content.data) && !tooDeep(content.data) ? content.data : {};
  const comm: CommMessage = { type, comm_id: content.comm_id, data, metadata, buffers, parentId: parentOf(message) };
  if (typeof content.target_name === "string") comm.target_name = content.target_name;
  return comm;
}

export function count(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

export function word(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Whatever walks a value later (to show it, to save it) goes as deep as the value does. */
export function tooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length; depth += 1) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return false;
}
