/**
 * Frames of v1.kernel.websocket.jupyter.org, both ways: the number of offsets, the offsets (8 bytes each,
 * little endian, the last one is the frame's length), then channel, header, parent header, metadata and
 * content as JSON, then buffers. What comes in may be forged by the learner's own program: nothing of it is believed.
 */

export type Channel = "shell" | "control" | "iopub" | "stdin";
export type Dictionary = Record<string, unknown>;

export interface Header {
  msg_id: string;
  msg_type: string;
  session: string;
  username: string;
  date: string;
  version: string;
}

export interface Message {
  channel: Channel;
  header: Header;
  parent_header: Partial<Header>;
  metadata: Dictionary;
  content: Dictionary;
  buffers: ArrayBuffer[];
}

/** The frame cannot be read, or is larger than the other side takes. */
export class FrameError extends Error {}

export const MOST_SENT_BYTES = 1_000_000;
const MOST_RECEIVED_BYTES = 48 * 1024 * 1024;
const MOST_BUFFERS = 1_000;
const FIXED_PARTS = 5;
const CHANNELS: readonly string[] = ["shell", "control", "iopub", "stdin"];

/** @throws FrameError when the frame is larger than the server takes. */
export function pack(message: Message): ArrayBuffer {
  const encoder = new TextEncoder();
  const { channel, header, parent_header, metadata, content, buffers } = message;
  const texts = [header, parent_header, metadata, content].map((part) => encoder.encode(JSON.stringify(part)));
  const parts = [encoder.encode(channel), ...texts, ...buffers.map((buffer) => new Uint8Array(buffer))];
  const count = parts.length + 1;
  let end = 8 * (1 + count);
  const total = parts.reduce((sum, part) => sum + part.byteLength, end);
  if (total > MOST_SENT_BYTES) throw new FrameError(`${total} bytes are too many`);

  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(count), true);
  view.setBigUint64(8, BigInt(end), true);
  parts.forEach((part, index) => {
    bytes.set(part, end);
    end += part.byteLength;
    view.setBigUint64(8 * (index + 2), BigInt(end), true);
  });
  return bytes.buffer;
}

/** @throws FrameError for whatever is not one whole, bounded, well-formed frame. */
export function unpack(frame: ArrayBuffer): Message {
  const offsets = readOffsets(frame);
  const part = (index: number): Uint8Array =>
    new Uint8Array(frame, offsets[index], offsets[index + 1] - offsets[index]);
  const channel = text(part(0));
  if (!CHANNELS.includes(channel)) throw new FrameError("an unknown channel");
  return {
    channel: channel as Channel,
    header: readHeader(dictionary(part(1))),
    parent_header: dictionary(part(2)),
    metadata: dictionary(part(3)),
    content: dictionary(part(4)),
    buffers: offsets.slice(FIXED_PARTS, -1).map((start, index) => frame.slice(start, offsets[FIXED_PARTS + index + 1])),
  };
}

function readOffsets(frame: ArrayBuffer): number[] {
  const length = frame.byteLength;
  if (length > MOST_RECEIVED_BYTES) throw new FrameError(`${length} bytes are too many`);
  if (length < 8) throw new FrameError("a frame without a beginning");
  const view = new DataView(frame);
  const count = Number(view.getBigUint64(0, true));
  if (count < FIXED_PARTS + 1 || count > FIXED_PARTS + 1 + MOST_BUFFERS) throw new FrameError("a wrong number of parts");
  const start = 8 * (1 + count);
  if (length < start) throw new FrameError("a frame shorter than its offsets");
  const offsets = Array.from({ length: count }, (_, index) => Number(view.getBigUint64(8 * (index + 1), true)));
  if (offsets[0] !== start || offsets.at(-1) !== length) throw new FrameError("offsets that do not fit the frame");
  if (offsets.some((offset, index) => index > 0 && offset < offsets[index - 1])) throw new FrameError("offsets that fall");
  return offsets;
}

function text(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FrameError("text that is not UTF-8");
  }
}

function dictionary(bytes: Uint8Array): Dictionary {
  let value: unknown;
  try {
    value = JSON.parse(text(bytes));
  } catch {
    throw new FrameError("a part that is not JSON");
  }
  if (!isDictionary(value)) throw new FrameError("a part that is no object");
  return value;
}

function readHeader(value: Dictionary): Header {
  if (typeof value.msg_id !== "string" || typeof value.msg_type !== "string") {
    throw new FrameError("a header without id or type");
  }
  return value as unknown as Header;
}

export function isDictionary(value: unknown): value is Dictionary {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
