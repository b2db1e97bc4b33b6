import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Tabs } from "../../src/store/tabs";
import type { Boot } from "../../src/types";
import { pass } from "../kernel/server";

const channels = new Set<FakeChannel>();

class FakeChannel {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  asleep = false;

  constructor(readonly name: string) {
    channels.add(this);
  }

  postMessage(data: unknown): void {
    for (const other of channels) {
      if (other !== this && other.name === this.name && !this.asleep && !other.asleep) {
        queueMicrotask(() => other.onmessage?.({ data }));
      }
    }
  }
}

const real = globalThis.BroadcastChannel;
beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
  globalThis.BroadcastChannel = FakeChannel as unknown as typeof BroadcastChannel;
  channels.clear();
});
afterEach(() => {
  mock.timers.reset();
  globalThis.BroadcastChannel = real;
});

function open(slug: string): boolean[] {
  const heard: boolean[] = [];
  new Tabs({ learner: "l1", exercise: { slug } } as Boot).news.add((other) => heard.push(other));
  return heard;
}

test("two tabs of one exercise learn of each other, those of another do not", async () => {
  const [first, other, second] = [open("a"), open("b"), open("a")];
  await pass(60);
  assert.deepEqual([first, other, second], [[true], [], [true]]);
});

test("a tab that says goodbye, or falls silent, is missed", async () => {
  const first = open("a");
  open("a");
  open("a");
  const [, second, third] = [...channels];
  second.asleep = true;
  await pass(60);
  assert.deepEqual(first, [true]);
  third.asleep = true;
  await pass(60);
  assert.deepEqual(first, [true, false]);
});

test("words that are none are not heard", () => {
  const heard = open("a");
  for (const data of [null, 1, {}, { from: 2 }, "hello"]) [...channels][0].onmessage?.({ data });
  assert.deepEqual(heard, []);
});
