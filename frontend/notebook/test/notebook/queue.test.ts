import assert from "node:assert/strict";
import { test } from "node:test";
import { type Job, RunQueue } from "../../src/notebook/queue";

class FakeJob implements Job {
  log: string[] = [];
  end: (ok: boolean) => void = () => {};

  run(): Promise<boolean> {
    this.log.push("run");
    return new Promise((resolve) => {
      this.end = resolve;
    });
  }

  onQueued(): void {
    this.log.push("queued");
  }

  onDropped(): void {
    this.log.push("dropped");
  }
}

const turn = () => new Promise((resolve) => setTimeout(resolve));
const jobs = () => [new FakeJob(), new FakeJob(), new FakeJob()] as const;

test("one after the other, in order", async () => {
  const [a, b, c] = jobs();
  const queue = new RunQueue();
  const done = queue.add([a, b, c]);
  assert.deepEqual([a.log, b.log], [["queued", "run"], ["queued"]]);
  a.end(true);
  await turn();
  assert.equal(queue.running, b);
  b.end(true);
  await turn();
  c.end(true);
  assert.equal(await done, true);
  assert.ok(queue.isEmpty);
});

test("a failure empties the queue, whoever put it there", async () => {
  const [a, b, c] = jobs();
  const queue = new RunQueue();
  const first = queue.add([a, b]);
  const second = queue.add([c]);
  a.end(false);
  assert.deepEqual([await first, await second], [false, false]);
  assert.deepEqual([b.log, c.log], [["queued", "dropped"], ["queued", "dropped"]]);
  await turn();
  assert.ok(queue.isEmpty);
});

test("what is there already is not queued twice", async () => {
  const [a, b] = jobs();
  const queue = new RunQueue();
  void queue.add([a, b]);
  assert.equal(await queue.add([a, b]), true);
  assert.equal(queue.length, 1);
});

test("one that waits can be taken out, one that runs cannot", async () => {
  const [a, b] = jobs();
  const queue = new RunQueue();
  const done = queue.add([a, b]);
  assert.equal(queue.remove(a), false);
  assert.equal(queue.remove(b), true);
  a.end(true);
  assert.equal(await done, true);
  assert.deepEqual(b.log, ["queued", "dropped"]);
});

test("nothing to run has run well", async () => {
  assert.equal(await new RunQueue().add([]), true);
});
