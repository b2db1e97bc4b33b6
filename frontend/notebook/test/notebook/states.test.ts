import assert from "node:assert/strict";
import { test } from "node:test";
import { digest } from "../../src/notebook/digest";
import { afterFresh, afterReunion, outcomeOfRun, type RunRecord, savedRecord, stateOf } from "../../src/notebook/states";
import type { CellData } from "../../src/types";

const NEW: RunRecord = { phase: "idle", outcome: "none", ran: null, isEarlier: false, count: null, seconds: null };
const RAN: RunRecord = { ...NEW, outcome: "ok", ran: digest("1"), count: 3, seconds: 0.2 };
const DATA: CellData = { id: "a", type: "code", role: "answer", source: "1", outputs: [], execution_count: null };

test("waiting and running come before everything else", () => {
  assert.equal(stateOf({ ...RAN, phase: "waiting" }, "2"), "waiting");
  assert.equal(stateOf({ ...RAN, phase: "running" }, "2"), "running");
});

test("an edit makes a result old, taking it back makes it good again", () => {
  assert.equal(stateOf(NEW, "anything"), "not-run");
  assert.equal(stateOf(RAN, "2"), "changed");
  assert.equal(stateOf(RAN, "1"), "ok");
});

test("a fresh kernel takes the count and leaves the result", () => {
  const record = afterFresh(RAN);
  assert.deepEqual([record.count, stateOf(record, "1")], [null, "earlier"]);
  assert.equal(stateOf(afterFresh(NEW), "1"), "not-run");
});

test("saved results are from an earlier session until their kernel is found again", () => {
  const record = savedRecord({ ...DATA, execution_count: 4 });
  assert.equal(stateOf(record, "1"), "earlier");
  assert.equal(stateOf(afterReunion(record), "1"), "ok");
  assert.equal(stateOf(afterReunion(afterFresh(record)), "1"), "earlier");
});

test("what was changed after its run is known after a reload, too, and so is what was changed back", () => {
  const record = savedRecord({ ...DATA, source: "2", execution_count: 4, ran: digest("1") });
  assert.equal(stateOf(record, "2"), "changed");
  assert.equal(stateOf(afterReunion(record), "1"), "ok");
  assert.equal(stateOf(savedRecord({ ...DATA, execution_count: 4, ran: "" }), "1"), "earlier", "nobody knows");
});

test("a saved error is a failure, a saved interruption is none", () => {
  const error = (ename: string) => ({ ...DATA, execution_count: 1, outputs: [{ output_type: "error" as const, ename }] });
  assert.equal(stateOf(afterReunion(savedRecord(error("ValueError"))), "1"), "failed");
  assert.equal(stateOf(afterReunion(savedRecord(error("KeyboardInterrupt"))), "1"), "stopped");
});

test("how a run ended", () => {
  const end = (status: "ok" | "error" | "aborted" | "lost", name = "") =>
    outcomeOfRun({ status, executionCount: 1, seconds: 1 }, name);
  assert.deepEqual(
    [end("ok"), end("error", "NameError"), end("error", "KeyboardInterrupt"), end("lost"), end("aborted")],
    ["ok", "failed", "stopped", "lost", "none"],
  );
});
