import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import type { Kernel } from "../../src/types";
import { FakeServer, kernelAnswer, Listener, pass, problem, settle } from "./server";

let server: FakeServer;
let kernel: Kernel;
let states: string[];
let fresh: number;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
  server = new FakeServer();
  kernel = server.kernel();
  states = [];
  fresh = 0;
  kernel.onState((state, detail) => states.push([state, ...Object.values(detail)].join(" ")));
  kernel.onFresh(() => (fresh += 1));
});
afterEach(() => mock.timers.reset());

async function inTheMiddle(): Promise<{ done: Promise<{ status: string }>; cell: Listener }> {
  const cell = new Listener();
  const done = kernel.execute("work()", cell);
  await settle();
  assert.equal(kernel.state, "busy");
  return { done, cell };
}

test("nothing is asked for before somebody wants a kernel; starting twice asks once", async () => {
  await pass(5);
  assert.deepEqual(server.calls, []);
  assert.deepEqual(await Promise.all([kernel.start(), kernel.start()]), [true, true]);
  assert.deepEqual(states, ["starting", "ready"]);
  assert.equal(server.calls.length, 1);
  assert.equal(server.socket.url, "wss://school.example/kernel/la-trace/api/kernels/k1/channels");
  assert.equal(server.socket.protocol, "v1.kernel.websocket.jupyter.org");
});

test("a process just made is fresh, one found is not", async () => {
  await kernel.start();
  assert.equal(fresh, 0);
  server.starts = [() => kernelAnswer("k2", { fresh: true })];
  server.socket.close(4408);
  await settle();
  assert.deepEqual([kernel.state, kernel.detail.reason], ["stopped", "idle"]);
  await pass(60);
  assert.equal(server.calls.length, 1, "a stopped kernel is not started again by itself");
  server.scene = "value";
  assert.equal((await kernel.execute("1 + 1", new Listener())).status, "ok");
  assert.equal(fresh, 1);
});

test("a full host gives a place in the queue, and is asked again when it says so", async () => {
  const full = (place: number) => () => problem(503, { place }, { "Retry-After": "3" });
  server.starts = [full(2), full(1), () => kernelAnswer("k1")];
  server.scene = "value";
  const done = kernel.execute("1 + 1", new Listener());
  await settle();
  assert.deepEqual([kernel.state, kernel.detail.place], ["waiting", 2]);
  await pass(2.5);
  assert.equal(server.calls.length, 1);
  await pass(1);
  assert.equal(kernel.detail.place, 1);
  await pass(3);
  assert.equal((await done).status, "ok");
});

test("servers that are away are no queue: it is said whose fault it is, and tried again by itself", async () => {
  const detail = "Python cannot be reached just now. That is our fault, not yours.";
  const away = () => problem(503, { detail }, { "Retry-After": "5" });
  server.starts = [away, away, () => kernelAnswer("k1")];
  server.scene = "value";
  const done = kernel.execute("1 + 1", new Listener());
  await settle();
  assert.equal(kernel.state, "reconnecting");
  assert.deepEqual(Object.keys(kernel.detail), ["message"]);
  assert.match(kernel.detail.message!, /^Python cannot be reached just now\. That is our fault, not yours\..+by itself/);
  await pass(4.5);
  assert.equal(server.calls.length, 1, "the server says when it may be asked again");
  await pass(6);
  assert.equal((await done).status, "ok", "the cell waited for its kernel");
  assert.ok(!states.some((state) => state.startsWith("waiting")));
});

test("who stays away for long is given up, until somebody wants a kernel again", async () => {
  server.starts = [() => new Response("<h1>Bad gateway</h1>", { status: 502 })];
  const tried = kernel.execute("a", new Listener());
  await settle();
  assert.match(kernel.detail.message!, /^Python cannot be started just now\. That is our fault.+by itself/);
  await pass(120);
  assert.equal((await tried).status, "aborted");
  assert.equal(kernel.state, "failed");
  assert.match(kernel.detail.message!, /^Python cannot be started just now\. That is our fault, not yours\..+still here/);
  assert.equal(server.calls.length, 8);
  server.starts = [() => kernelAnswer("k1")];
  assert.equal(await kernel.start(), true);
});

test("a server that goes away in the middle of a run is waited for, and then says what became of the run", async () => {
  const { done } = await inTheMiddle();
  server.starts = [() => problem(503, { detail: "Away." }, { "Retry-After": "5" })];
  server.socket.close(1006);
  await pass(1);
  assert.equal(kernel.state, "reconnecting");
  assert.match(kernel.detail.message!, /^Away\./);
  server.starts = [() => kernelAnswer("k2", { fresh: true })];
  await pass(6);
  assert.deepEqual([(await done).status, kernel.state, fresh], ["lost", "ready", 1]);
});

test("refusals are told and nothing is tried again by itself", async () => {
  server.starts = [() => problem(404, { detail: "There is no such exercise." })];
  assert.equal(await kernel.start(), false);
  assert.deepEqual([kernel.state, kernel.detail.message], ["failed", "There is no such exercise."]);
  server.starts = [() => problem(500, {})];
  const tried = kernel.execute("a", new Listener());
  await pass(120);
  assert.equal((await tried).status, "aborted");
  assert.equal(server.calls.length, 1 + 8);
  server.starts = [() => problem(403, {})];
  await assert.rejects(kernel.upload(new File([], "a")), /No/);
});

test("signed out, and in again in another tab", async () => {
  await kernel.start();
  const { done } = await inTheMiddle();
  server.starts = [() => problem(401, {})];
  server.socket.close(4401);
  assert.equal((await done).status, "lost");
  assert.equal(kernel.state, "signed-out");
  window.dispatchEvent(new window.Event("focus"));
  await settle();
  assert.equal(kernel.state, "signed-out");
  server.starts = [() => kernelAnswer("k1")];
  window.dispatchEvent(new window.Event("focus"));
  await settle();
  assert.equal(kernel.state, "ready");
  assert.equal(fresh, 0);
});

test("the line drops in the middle of a run and comes back: the run goes on", async () => {
  const { done, cell } = await inTheMiddle();
  server.socket.close(1006);
  await settle();
  assert.equal(kernel.state, "reconnecting");
  server.proves = false; // the kernel is busy with the run
  await pass(1);
  assert.equal(kernel.state, "busy");
  assert.equal(server.sockets.length, 2);
  server.play("value", server.of("execute_request")[0]);
  assert.equal((await done).status, "ok");
  assert.equal(cell.outputs.length, 1);
  assert.equal(server.of("execute_request").length, 1);
});

test("a run that ended while the line was down is lost, or what it said it was", async () => {
  const { done } = await inTheMiddle();
  server.socket.close(1006);
  await pass(1);
  assert.equal((await done).status, "lost");
  assert.equal(kernel.state, "ready");

  const again = await inTheMiddle();
  server.tell(server.of("execute_request")[1], "error", { ename: "E", evalue: "", traceback: [] });
  server.socket.close(1006);
  await pass(1);
  assert.equal((await again.done).status, "error");
});

test("an answer typed while the line is down is sent when it is back", async () => {
  const cell = new Listener();
  let answer = (_: string): void => {};
  cell.answer = () => new Promise((resolve) => (answer = resolve));
  const done = kernel.execute("input()", cell);
  await settle();
  server.tell(server.of("execute_request")[0], "input_request", { prompt: "", password: false }, "stdin");
  server.proves = false;
  server.socket.close(1006);
  await settle();
  answer("Ada");
  await pass(1);
  assert.equal(server.of("input_reply")[0].content.value, "Ada");
  server.play("value", server.of("execute_request")[0]);
  assert.equal((await done).status, "ok");
});

test("another kernel behind the line means that the run is lost and every name gone", async () => {
  const { done } = await inTheMiddle();
  const waiting = kernel.execute("next", new Listener());
  server.starts = [() => kernelAnswer("k2", { fresh: true })];
  server.socket.close(1006);
  await pass(1);
  assert.deepEqual([(await done).status, (await waiting).status], ["lost", "aborted"]);
  assert.equal(fresh, 1);
  assert.equal(kernel.state, "ready");
});

test("a process that died while the line was down is missed by its number", async () => {
  server.starts = [() => kernelAnswer("k1", { process: 1 })];
  await kernel.start();
  server.tell(null, "status", { execution_state: "idle", kilohour: { fresh: true } }); // another tab's restart
  await settle();
  assert.equal(fresh, 1);
  server.starts = [() => kernelAnswer("k1", { process: 2 })];
  server.socket.close();
  await pass(2);
  assert.deepEqual([kernel.state, fresh], ["ready", 1]);
  server.starts = [() => kernelAnswer("k1", { process: 3 })];
  server.socket.close();
  await pass(2);
  assert.deepEqual([kernel.state, fresh], ["ready", 2]);
});

test("tries get rarer, start anew when the network is back, and never end", async () => {
  await kernel.start();
  server.starts = [() => Promise.reject(new TypeError("no network"))];
  server.socket.close(1006);
  await pass(300);
  const calls = server.calls.length;
  assert.ok(calls > 10 && calls < 25, String(calls));
  assert.equal(kernel.state, "reconnecting");
  server.starts = [() => kernelAnswer("k1")];
  window.dispatchEvent(new window.Event("online"));
  await settle();
  assert.equal(kernel.state, "ready");
});

test("a socket that opens and closes at once is not hammered", async () => {
  server.proves = false;
  void kernel.start();
  for (let second = 0; second < 60; second += 1) {
    await pass(1);
    server.sockets.forEach((one) => one.close(1011));
  }
  assert.ok(server.calls.length < 12, String(server.calls.length));
});

test("a deaf line is hung up after sleep and called anew", async () => {
  await kernel.start();
  server.proves = false;
  await pass(60);
  document.dispatchEvent(new window.Event("visibilitychange"));
  await settle();
  server.proves = true;
  await pass(12);
  assert.equal(server.sockets.length, 2);
  assert.equal(kernel.state, "ready");
  document.dispatchEvent(new window.Event("visibilitychange"));
  await pass(30);
  assert.equal(server.sockets.length, 2);
});

test("a kernel that dies says why, and a fresh one follows", async () => {
  const { done } = await inTheMiddle();
  server.tell(null, "status", { execution_state: "restarting", kilohour: { reason: "memory" } });
  assert.equal((await done).status, "lost");
  assert.deepEqual([kernel.state, kernel.detail.reason], ["dead", "memory"]);
  const next = kernel.execute("1 + 1", new Listener());
  server.scene = "value";
  server.tell(null, "status", { execution_state: "idle", kilohour: { fresh: true } });
  assert.equal((await next).status, "ok");
  assert.equal(fresh, 1);
  assert.equal(kernel.state, "ready");
});

test("a death whose end was missed is not forgotten", async () => {
  await kernel.start();
  server.tell(null, "status", { execution_state: "restarting", kilohour: { reason: "exit" } });
  server.socket.close(1006);
  await pass(1);
  assert.equal(fresh, 1);
  assert.equal(kernel.state, "ready");
  server.tell(null, "status", { execution_state: "restarting", kilohour: { reason: "time" } });
  server.socket.close(4404);
  await settle();
  assert.deepEqual([kernel.state, kernel.detail.reason], ["dead", "host"]);
});

test("a restart loses the run and tells once that names are gone", async () => {
  const { done } = await inTheMiddle();
  const waiting = kernel.execute("next", new Listener());
  server.orders = () => {
    server.tell(null, "status", { execution_state: "idle", kilohour: { fresh: true } });
    return new Response(null, { status: 200 });
  };
  assert.equal(await kernel.restart(), true);
  assert.deepEqual([(await done).status, (await waiting).status], ["lost", "aborted"]);
  assert.deepEqual([fresh, kernel.state], [1, "ready"]);
  assert.ok(states.includes("restarting") && !states.includes("dead"));
  assert.equal(server.calls.at(-1), "POST /kernel/la-trace/api/kernels/k1/restart");
});

test("another tab's restart and another tab's run are seen", async () => {
  await kernel.start();
  server.tell(null, "status", { execution_state: "idle", kilohour: { fresh: true } });
  assert.equal(fresh, 1);
  const theirs = { header: { msg_id: "theirs", msg_type: "execute_request" } } as never;
  server.tell(theirs, "status", { execution_state: "busy" });
  assert.equal(kernel.state, "busy");
  server.tell(theirs, "status", { execution_state: "idle" });
  assert.equal(kernel.state, "ready");
});

test("a restart that does not come off finds out how things stand", async () => {
  await kernel.start();
  server.orders = () => problem(404, {});
  server.starts = [() => kernelAnswer("k2", { fresh: true })];
  assert.equal(await kernel.restart(), true);
  assert.equal(fresh, 1);
  server.orders = () => problem(401, {});
  assert.equal(await kernel.restart(), false);
  assert.equal(kernel.state, "signed-out");
});

test("interrupting asks the server; with no kernel yet it gives up what waits", async () => {
  server.starts = [() => problem(503, { place: 3 }, { "Retry-After": "5" })];
  const waiting = kernel.execute("a", new Listener());
  await settle();
  await kernel.interrupt();
  assert.equal((await waiting).status, "aborted");
  server.starts = [() => kernelAnswer("k1")];
  await pass(6);
  await inTheMiddle();
  await kernel.interrupt();
  assert.equal(server.calls.at(-1), "POST /kernel/la-trace/api/kernels/k1/interrupt");
});

test("a kernel found in the middle of a cell works and can be interrupted", async () => {
  server.proves = false;
  server.starts = [() => kernelAnswer("k1", { execution_state: "busy" })];
  assert.equal(await kernel.start(), true);
  assert.equal(kernel.state, "busy");
});
