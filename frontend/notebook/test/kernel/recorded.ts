/** What a real kernel said; made by record.py. */
import { pack, unpack, type Channel } from "../../src/kernel/frames";
import recorded from "./recorded.json";

export interface Scene {
  parent: string;
  messages: { channel: Channel; frame: ArrayBuffer }[];
}

export const scenes: Record<string, Scene> = Object.fromEntries(
  Object.entries(recorded).map(([name, { parent, messages }]) => [
    name,
    { parent, messages: messages.map(({ channel, frame }) => ({ channel: channel as Channel, frame: decode(frame) })) },
  ]),
);

/** The scene's frames, as answers to another request than the recorded one. */
export function answersTo(scene: string, request: string): ArrayBuffer[] {
  return scenes[scene].messages.map(({ frame }) => {
    const message = unpack(frame);
    return pack({ ...message, parent_header: { ...message.parent_header, msg_id: request } });
  });
}

function decode(text: string): ArrayBuffer {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}
