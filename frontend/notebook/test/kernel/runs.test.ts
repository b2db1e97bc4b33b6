import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import type { CommMessage } from "../../src/types";
import { FakeServer, kernelAnswer, Listener, pass, settle } from "./server";

let server: FakeServer;
let cell: Listener;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
  server = new FakeServer();
  cell = new Listener();
});
afterEach(() => mock.timers.reset());

async function run(scene: string): Promise<{ status: string; executionCount: number | null }> {
  server.scene = scene;
  return server.kernel().execute("…", cell);
}

test("a value: count, output, done", async () => {
  const { status, executionCount } = await run("value");
  assert.equal(status, "ok");
  assert.ok(executionCount! > 0);
  assert.deepEqual(cell.notes, [["start", executionCount], ["idle"]]);
  assert.equal(cell.outputs.length, 1);
  assert.equal(cell.outputs[0].output_type, "execute_result");
  assert.equal(cell.outputs[0].data?.["text/plain"], "2");
});

test("both streams, a table, letters of every kind", async () => {
  await run("streams");
  assert.deepEqual(
    cell.outputs.map(({ name, text }) => [name, text]),
    [
      ["stdout", "out\n"],
      ["stderr", "err\n"],
    ],
  );
  cell = new Listener();
  await run("unicode");
  assert.equal(cell.outputs[0].text, "∑ 😀 \u001b[31mred\u001b[0m\n");
  cell = new Listener();
  await run("table");
  assert.match(String(cell.outputs[0].data?.["text/html"]), /<table/);
});

test("an error ends the run, and what waits behind it is not run", async () => {
  const kernel = server.kernel();
  server.scene = "error";
  const results = await Promise.all([kernel.execute("a", cell), kernel.execute("b", new Listener())]);
  assert.deepEqual(results.map(({ status }) => status), ["error", "aborted"]);
  assert.equal(cell.outputs[0].ename, "ZeroDivisionError");
  assert.ok(cell.outputs[0].traceback!.length > 1);
  assert.equal(server.of("execute_request").length, 1);
});

test("a display is updated where it was shown, also by a later run", async () => {
  const kernel = server.kernel();
  server.scene = "display";
  await kernel.execute("a", cell);
  assert.deepEqual(cell.outputs.map((one) => one.data?.["text/plain"]), ["'one'", "'three'"]);
  assert.equal(cell.outputs[0].transient?.display_id, "d1");
  server.scene = "update elsewhere";
  const other = new Listener();
  await kernel.execute("b", other);
  assert.deepEqual(cell.notes.filter(([what]: any) => what === "update"), [
    ["update", "d1", "'two'"],
    ["update", "d1", "'four'"],
  ]);
  assert.deepEqual(other.outputs, []);
});

test("clearing waits for the next output", async () => {
  await run("clear");
  assert.deepEqual(cell.notes.filter(([what]: any) => what === "clear"), [["clear", true]]);
});

test("a question is put to the learner and the answer goes to the program", async () => {
  await run("input");
  assert.deepEqual(cell.notes.filter(([what]: any) => what === "asked"), [["asked", "Who? ", false]]);
  await settle();
  assert.equal(server.of("input_reply").length, 0, "the run was over before the answer");

  server = new FakeServer();
  const asked = server.kernel().execute("input()", cell);
  await settle();
  const [sent] = server.of("execute_request");
  assert.equal(sent.content.allow_stdin, true);
  server.tell(sent, "input_request", { prompt: "Pin?", password: true }, "stdin");
  await settle();
  assert.deepEqual(server.of("input_reply").map(({ content, channel }) => [content.value, channel]), [["Ada", "stdin"]]);
  server.play("value", sent);
  assert.equal((await asked).status, "ok");
});

test("runs go one after the other; done needs the reply and the idle status", async () => {
  const kernel = server.kernel();
  const [first, second] = [kernel.execute("a", cell), kernel.execute("b", new Listener())];
  await settle();
  const [sent, ...others] = server.of("execute_request");
  assert.equal(others.length, 0);
  assert.equal(kernel.state, "busy");
  server.tell(sent, "execute_reply", { status: "ok", execution_count: 4 }, "shell");
  await pass(1);
  assert.equal(server.of("execute_request").length, 1);
  server.tell(sent, "status", { execution_state: "idle" });
  assert.deepEqual((await first).executionCount, 4);
  server.play("value", server.of("execute_request")[1]);
  assert.equal((await second).status, "ok");
  assert.equal(kernel.state, "ready");
});

test("a lost idle status, or a lost reply, does not hold a run for ever", async () => {
  const kernel = server.kernel();
  const first = kernel.execute("a", cell);
  await settle();
  server.tell(server.of("execute_request")[0], "execute_reply", { status: "ok" }, "shell");
  await pass(16);
  assert.equal((await first).status, "ok");
  const second = kernel.execute("b", cell);
  await settle();
  server.tell(server.of("execute_request")[1], "error", { ename: "E", evalue: "", traceback: [1, "x"] });
  server.tell(server.of("execute_request")[1], "status", { execution_state: "idle" });
  await pass(4);
  assert.equal((await second).status, "error");
  assert.deepEqual(cell.outputs[0].traceback, ["x"]);
});

test("output that comes after the end still finds its cell; a stranger's does not", async () => {
  await run("value");
  const [sent] = server.of("execute_request");
  server.tell(sent, "stream", { name: "stdout", text: "late" });
  server.tell({ ...sent, header: { ...sent.header, msg_id: "other" } }, "stream", { name: "stdout", text: "no" });
  assert.deepEqual(cell.outputs.slice(1).map(({ text }) => text), ["late"]);
});

test("forged contents bring nothing down", async () => {
  const kernel = server.kernel();
  const done = kernel.execute("a", cell);
  await settle();
  const [sent] = server.of("execute_request");
  for (const type of ["stream", "display_data", "execute_result", "error", "status", "comm_open", "input_request", "update_display_data"]) {
    for (const content of [{}, { text: 1, data: [], traceback: "x", comm_id: 3, execution_state: {} }, { kilohour: [] }]) {
      server.tell(sent, type, content);
      server.tell(null, type, content);
    }
  }
  server.tell(sent, "execute_reply", { status: {}, execution_count: "9" }, "shell");
  for (const data of ["text", new ArrayBuffer(3), null]) server.socket.say(data);
  server.tell(sent, "status", { execution_state: "idle" });
  assert.equal((await done).status, "aborted");
  assert.deepEqual([...new Set(cell.outputs.map((one) => one.output_type))], ["error"]);
});

test("a listener that fails harms nobody", async () => {
  const shown = mock.method(console, "error", () => {});
  cell.onOutput = () => {
    throw new Error("no");
  };
  assert.equal((await run("streams")).status, "ok");
  assert.equal(shown.mock.callCount(), 2);
  shown.mock.restore();
});

test("a cell that is too long is not sent", async () => {
  const { status } = await server.kernel().execute("#".repeat(2_000_000), cell);
  assert.equal(status, "error");
  assert.equal(cell.outputs[0].evalue, "This cell is too long to be sent.");
});

test("comms go both ways, with buffers", async () => {
  const heard: CommMessage[] = [];
  const kernel = server.kernel();
  kernel.onComm((message) => heard.push(message));
  server.scene = "comm";
  await kernel.execute("a", cell);
  const [opened] = heard;
  assert.equal(opened.target_name, "page");
  assert.deepEqual(opened.data, { hello: 1 });
  assert.equal(opened.metadata.version, "2.1.0");
  assert.equal(opened.buffers[0].byteLength, 5);
  assert.equal(opened.parentId, server.of("execute_request")[0].header.msg_id);
  const buffers = [Uint8Array.of(9).buffer];
  kernel.sendComm({ type: "comm_msg", comm_id: opened.comm_id, data: { a: 1 }, metadata: {}, buffers }, cell);
  const [sent] = server.of("comm_msg");
  assert.deepEqual([sent.channel, sent.content, sent.buffers[0].byteLength], ["shell", { comm_id: opened.comm_id, data: { a: 1 } }, 1]);
  server.tell(sent, "stream", { name: "stdout", text: "moved" });
  assert.equal(cell.outputs.at(-1)!.text, "moved");
});

test("hints are answered, in time or not at all, and never behind a running cell", async () => {
  const kernel = server.kernel();
  assert.equal(await kernel.complete("a", 1), null, "no kernel is started for a hint");
  await kernel.start();
  const completing = kernel.complete("import os\nos.pat", 15);
  server.play("complete", server.of("complete_request")[0]);
  const completion = await completing;
  assert.ok(completion!.matches.some((one) => one.includes("path")));
  assert.equal(completion!.cursor_end, 15);
  const inspecting = kernel.inspect("print", 5, 0);
  server.play("inspect", server.of("inspect_request")[0]);
  assert.match(String((await inspecting)!.data["text/plain"]), /print/);
  const slow = kernel.complete("a", 1);
  await pass(3.5);
  assert.equal(await slow, null);
  const listing = kernel.comms();
  server.play("comm_info", server.of("comm_info_request")[0]);
  assert.deepEqual(Object.values(await listing).map((one) => one.target_name).includes("page"), true);
  void kernel.execute("while True: pass", cell);
  assert.equal(await kernel.complete("a", 1), null);
  assert.equal(server.of("complete_request").length, 2);
});

test("not more messages a second than the server takes", async () => {
  const kernel = server.kernel();
  await kernel.start();
  for (let sent = 0; sent < 100; sent += 1) {
    kernel.sendComm({ type: "comm_msg", comm_id: "c", data: { sent }, metadata: {}, buffers: [] });
  }
  assert.ok(server.received.length <= 40);
  await pass(3);
  assert.deepEqual(server.of("comm_msg").map(({ content }) => (content.data as { sent: number }).sent), [...Array(100).keys()]);
});

test("files are listed, addressed and put", async () => {
  const kernel = server.kernel();
  assert.deepEqual(await kernel.files(), []);
  server.starts = [() => kernelAnswer("k 1")];
  await kernel.start();
  const path = "out/a b?#.csv";
  server.orders = () => Response.json([{ path, size: 3, modified_at: "" }, { path: "../../x", size: 1 }, 7]);
  assert.deepEqual((await kernel.files()).map((one) => one.path), [path]);
  assert.equal(kernel.fileUrl(path), "/kernel/la-trace/api/kernels/k%201/files/out/a%20b%3F%23.csv");
  server.orders = () => new Response(null, { status: 204 });
  await kernel.upload(new File(["x"], "data 1.csv"));
  assert.equal(server.calls.at(-1), "PUT /kernel/la-trace/api/kernels/k%201/files/data%201.csv");
  await assert.rejects(kernel.upload(new File([new Uint8Array(5_000_001)], "big")), /5 MB/);
});
