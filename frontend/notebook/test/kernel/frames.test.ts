import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameError, MOST_SENT_BYTES, pack, unpack, type Message } from "../../src/kernel/frames";
import { newId } from "../../src/kernel/ids";
import { request, tooDeep } from "../../src/kernel/messages";
import { scenes } from "./recorded";

/** Numbers that look random and are the same each time. */
function dice(seed: number): (below: number) => number {
  return (below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed % below;
  };
}

function anyMessage(roll: (below: number) => number): Message {
  const word = (): string => [..."aé∑😀\u0000\"\\ \n"].filter(() => roll(2)).join("");
  const value = (depth: number): unknown =>
    [word(), roll(1000) - 500, null, roll(2) === 1, depth ? [value(depth - 1)] : [], depth ? { [word()]: value(depth - 1) } : {}][roll(6)];
  return request((["shell", "control", "iopub", "stdin"] as const)[roll(4)], word(), { [word()]: value(3) }, {
    metadata: { [word()]: value(2) },
    parent_header: roll(2) ? { msg_id: word() } : {},
    buffers: Array.from({ length: roll(4) }, () => Uint8Array.from({ length: roll(50) }, () => roll(256)).buffer),
  });
}

test("any message comes back as it was", () => {
  const roll = dice(20261123);
  for (let round = 0; round < 300; round += 1) {
    const message = anyMessage(roll);
    assert.deepEqual(unpack(pack(message)), message);
  }
});

test("what a real kernel says is read, and packing it again says the same", () => {
  for (const { messages } of Object.values(scenes)) {
    for (const { channel, frame } of messages) {
      const message = unpack(frame);
      assert.equal(message.channel, channel);
      assert.deepEqual(unpack(pack(message)), message);
    }
  }
  const opened = scenes["comm"].messages.map(({ frame }) => unpack(frame)).find((one) => one.header.msg_type === "comm_open");
  assert.deepEqual([...new Uint8Array(opened!.buffers[0])], [0, 1, 2, 3, 4]);
});

test("a damaged frame is refused or read, and nothing else happens", () => {
  const roll = dice(7);
  const good = new Uint8Array(pack(anyMessage(dice(1))));
  for (let round = 0; round < 3000; round += 1) {
    const bad = good.slice(0, roll(3) ? good.length : roll(good.length));
    for (let hits = 1 + roll(3); hits && bad.length; hits -= 1) bad[roll(bad.length)] = roll(256);
    try {
      unpack(bad.buffer);
    } catch (error) {
      assert.ok(error instanceof FrameError, String(error));
    }
  }
});

test("frames that lie about themselves are refused", () => {
  const good = pack(request("shell", "x", {}));
  const lie = (index: number, value: bigint): ArrayBuffer => {
    const copy = good.slice(0);
    new DataView(copy).setBigUint64(8 * index, value, true);
    return copy;
  };
  const json = (text: string): ArrayBuffer => {
    const parts = ["iopub", text, "{}", "{}", "{}"].map((part) => new TextEncoder().encode(part));
    const offsets = parts.reduce((all, part) => [...all, all.at(-1)! + part.length], [56]);
    const frame = new Uint8Array(offsets.at(-1)!);
    const view = new DataView(frame.buffer);
    [6, ...offsets].forEach((number, index) => view.setBigUint64(8 * index, BigInt(number), true));
    parts.forEach((part, index) => frame.set(part, offsets[index]));
    return frame.buffer;
  };
  assert.equal(unpack(json('{"msg_id": "a", "msg_type": "b"}')).header.msg_id, "a");
  const bad = [
    new ArrayBuffer(0),
    new ArrayBuffer(8),
    lie(0, 0n),
    lie(0, 5n),
    lie(0, 2n ** 63n),
    lie(1, 0n),
    lie(2, 2n ** 40n),
    lie(3, 0n),
    lie(6, 1n),
    json("[]"),
    json("null"),
    json("{"),
    json('{"msg_id": 1, "msg_type": "b"}'),
    new ArrayBuffer(64 * 1024 * 1024),
  ];
  for (const frame of bad) assert.throws(() => unpack(frame), FrameError);
});

test("what the server would not take is not sent", () => {
  assert.throws(() => pack(request("shell", "x", { code: "a".repeat(MOST_SENT_BYTES) })), FrameError);
});

test("values that would break whoever walks them are noticed", () => {
  let deep: unknown = {};
  for (let level = 0; level < 5000; level += 1) deep = [deep];
  assert.equal(tooDeep(deep), true);
  assert.equal(tooDeep({ a: [{ b: ["c"] }] }), false);
});

test("ids are random and of one form, also without randomUUID", () => {
  const getRandomValues = crypto.getRandomValues.bind(crypto);
  const ids = [newId(), newId({ getRandomValues }), newId({ getRandomValues })];
  assert.equal(new Set(ids).size, 3);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
