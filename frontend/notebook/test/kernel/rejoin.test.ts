import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import type { Kernel } from "../../src/types";
import { FakeServer, kernelAnswer, Listener, pass, settle } from "./server";

let server: FakeServer;
let kernel: Kernel;
let cell: Listener;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
  server = new FakeServer();
  kernel = server.kernel();
  cell = new Listener();
});
afterEach(() => mock.timers.reset());

const awaited = () => new URL(server.socket.url).searchParams.get("run");
const sent = () => server.of("execute_request")[0];

function sayAgain(id: string): void {
  server.tell(null, "status", { execution_state: "busy", kilohour: { again: id, seconds: 60 } });
}

test("a run whose line broke is asked for, and what it said comes once more", async () => {
  const done = kernel.execute("…", cell);
  await settle();
  assert.equal(awaited(), null);
  assert.equal(cell.sent, sent().header.msg_id);
  server.tell(sent(), "stream", { name: "stdout", text: "begun\n" });
  server.tell(sent(), "error", { ename: "E", evalue: "", traceback: [] });
  server.proves = false;
  server.socket.close(1006);
  await pass(1);
  assert.equal(awaited(), sent().header.msg_id);
  sayAgain("another");
  assert.deepEqual(cell.notes, []);
  sayAgain(sent().header.msg_id);
  server.play("value", sent());
  assert.equal((await done).status, "ok");
  assert.deepEqual(cell.notes.map(([what]: any) => what), ["again", "start", "idle"]);
});

test("a run of an earlier page is gone on with", async () => {
  server.proves = false; // the kernel answers when it is done
  const done = kernel.rejoin("before", cell);
  await settle();
  assert.equal(awaited(), "before");
  assert.equal(server.of("execute_request").length, 0);
  sayAgain("before");
  const asked = { ...server.of("kernel_info_request")[0], header: { ...server.of("kernel_info_request")[0].header, msg_id: "before" } };
  server.play("value", asked);
  const { status, seconds } = await done;
  assert.deepEqual([status, cell.outputs.length, kernel.state], ["ok", 1, "busy"]);
  assert.ok(seconds >= 60);
});

test("what nobody knows any more is lost, and so is what a fresh kernel never heard of", async () => {
  for (const fresh of [false, true]) {
    server.starts = [() => kernelAnswer("k1", { fresh })];
    kernel = server.kernel();
    const lost = kernel.rejoin("before", cell);
    const next = kernel.execute("1", new Listener());
    await settle();
    assert.equal((await lost).status, "lost");
    assert.equal((await next).status, "aborted");
    assert.deepEqual(cell.notes, []);
    assert.equal(kernel.state, "ready");
  }
});

test("a question that was answered while the line was down is not put again", async () => {
  let answer = (_: string): void => {};
  cell.answer = () => new Promise((resolve) => (answer = resolve));
  const done = kernel.execute("input()", cell);
  await settle();
  const question = server.tell(sent(), "input_request", { prompt: "Who?", password: false }, "stdin");
  server.proves = false;
  server.socket.close(1006);
  await settle();
  answer("Ada");
  await pass(1);
  assert.equal(server.of("input_reply").length, 1);
  sayAgain(sent().header.msg_id);
  server.repeat(question);
  await settle();
  assert.equal(cell.notes.filter(([what]: any) => what === "asked").length, 1);
  server.play("value", sent());
  assert.equal((await done).status, "ok");
});
