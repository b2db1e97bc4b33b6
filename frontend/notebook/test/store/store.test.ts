import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { OutputsCopy, withOutputs } from "../../src/store/kept-outputs";
import { createStore } from "../../src/store/store";
import type { Boot, CellData, DraftCell, Store } from "../../src/types";
import { pass, problem, settle } from "../kernel/server";

const LOCKED: CellData = { id: "text-1", type: "markdown", role: "locked", source: "# Trace", outputs: [], execution_count: null };
const ANSWER: CellData = { id: "trace", type: "code", role: "answer", source: "starter", outputs: [], execution_count: null };

interface Call {
  what: string;
  body: any;
  keepalive: boolean | undefined;
}

let calls: Call[];
let answers: (() => Response | Promise<Response>)[];
let store: Store;
let states: string[];
let shown: Boot[];
let page: DraftCell[];
let outputs: Record<string, { execution_count: number | null; outputs: any[] }>;

const boot = (more: Partial<Boot> = {}): Boot =>
  ({
    exercise: { slug: "la-trace", title: "", points: 3, is_reviewed: false },
    learner: "l1",
    revision: 4,
    saved_at: null,
    cells: [LOCKED, ANSWER],
    urls: { notebook: "/n/", outputs: "/o/", reset: "/reset/", restore: "/restore/" },
    ...more,
  }) as Boot;

const saved = (revision: number) => (): Response => Response.json({ revision, saved_at: `at ${revision}` });
const conflict = (revision: number, cells: CellData[]) => (): Response => problem(409, { revision, saved_at: "theirs", cells });
const written = (source: string): CellData => ({ ...ANSWER, source });

function open(from = boot()): Store {
  page = from.cells.map(({ id, type, source }) => ({ id, type, source }));
  store = createStore(from, () => page, () => outputs, { fetch, random: () => 1 });
  states = [];
  shown = [];
  store.onState((state) => states.push(state));
  store.onReplace((replaced) => {
    shown.push(replaced);
    page = replaced.cells.map(({ id, type, source }) => ({ id, type, source }));
    store.changed(); // as a page does that watches its editors
  });
  return store;
}

async function fetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const call: Call = { what: `${init?.method} ${String(url)}`, body: JSON.parse(String(init?.body ?? "null")), keepalive: init?.keepalive };
  calls.push(call);
  return (answers.length > 1 ? answers.shift()! : answers[0])();
}

function type(source: string): void {
  page = page.map((cell) => (cell.id === "trace" ? { ...cell, source } : cell));
  store.changed();
}

/** The page is gone, and with it whatever it still had in mind. */
function crash(): void {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_100_000 });
}

const settleALittle = (): Promise<void> => Promise.resolve().then(() => undefined);

const fire = (name: string, more: object = {}): boolean =>
  window.dispatchEvent(Object.assign(new window.Event(name, { cancelable: true }), more));

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
  sessionStorage.clear();
  calls = [];
  outputs = {};
  answers = [saved(5)];
  open();
});
afterEach(async () => {
  answers = [saved(99)];
  await store.saveNow(); // leaves no page behind that listens on
  mock.timers.reset();
});

test("nothing is sent while nothing changes", async () => {
  await pass(60);
  assert.equal(await store.saveNow(), true);
  assert.equal(calls.length, 0);
  assert.equal(fire("beforeunload"), true);
});

test("a change is saved a little after the last key", async () => {
  type("a");
  await pass(1);
  type("ab");
  await pass(1);
  assert.equal(calls.length, 0);
  await pass(0.5);
  assert.equal(calls[0].what, "PUT /n/");
  assert.deepEqual(calls[0].body, { revision: 4, cells: [{ id: "text-1", type: "markdown", source: "# Trace" }, { id: "trace", type: "code", source: "ab" }] });
  assert.deepEqual(states, ["unsaved", "saving", "saved"]);
  assert.deepEqual([store.revision, store.savedAt], [5, "at 5"]);
});

test("who never stops typing is saved every ten seconds", async () => {
  for (let key = 0; key < 22; key += 1) {
    type(`${key}`);
    await pass(1);
  }
  assert.equal(calls.length, 2);
});

test("what is typed during a save is saved next, by the new revision", async () => {
  let answer = (_: Response): void => {};
  answers = [() => new Promise((resolve) => (answer = resolve)), saved(6)];
  type("a");
  await pass(1.5);
  type("ab");
  answer(saved(5)());
  await settle();
  assert.equal(store.state, "unsaved");
  await pass(2);
  assert.deepEqual(calls.map(({ body }) => [body.revision, body.cells[1].source]), [[4, "a"], [5, "ab"]]);
  assert.equal(store.state, "saved");
});

test("saving at once waits for the save under way", async () => {
  let answer = (_: Response): void => {};
  answers = [() => new Promise((resolve) => (answer = resolve)), saved(6)];
  type("a");
  await pass(1.5);
  type("ab");
  const done = store.saveNow();
  answer(saved(5)());
  assert.equal(await done, true);
  assert.equal(store.revision, 6);
});

test("without a line it tries ever more rarely, and at once when the network is back", async () => {
  answers = [() => Promise.reject(new TypeError("no network"))];
  type("a");
  await pass(300);
  assert.equal(store.state, "not-saved");
  assert.ok(calls.length > 6 && calls.length < 15, String(calls.length));
  assert.equal(await store.saveNow(), false);
  answers = [saved(5)];
  fire("online");
  await settle();
  assert.equal(store.state, "saved");
});

test("a server in trouble says when to come back", async () => {
  answers = [() => problem(503, {}, { "Retry-After": "20" }), saved(5)];
  type("a");
  await pass(19);
  assert.equal(calls.length, 1);
  await pass(5);
  assert.equal(store.state, "saved");
});

test("a refusal is told, and the next change is tried again", async () => {
  answers = [() => problem(400, { detail: "Too long." }), saved(5)];
  type("a");
  await pass(30);
  assert.deepEqual([store.state, store.detail, calls.length], ["refused", "Too long.", 1]);
  type("b");
  await pass(2);
  assert.deepEqual([store.state, store.detail], ["saved", ""]);
});

test("signed out: kept here, and saved once signed in in another tab", async () => {
  answers = [() => problem(401, {})];
  type("a");
  await pass(2);
  assert.equal(store.state, "signed-out");
  fire("focus");
  await settle();
  assert.equal(store.state, "signed-out");
  assert.match(sessionStorage.getItem("kilohour.draft.l1.la-trace")!, /"a"/);
  answers = [saved(5)];
  fire("focus");
  await settle();
  assert.equal(store.state, "saved");
});

test("the token is the cookie's, which a sign-in changes", async () => {
  const field = Object.assign(document.createElement("input"), { name: "csrfmiddlewaretoken", value: "of the page" });
  document.body.append(field);
  const tokens: (string | null)[] = [];
  const watch = async (_: unknown, init?: RequestInit): Promise<Response> => {
    tokens.push(new Headers(init?.headers).get("X-CSRFToken"));
    return saved(5)();
  };
  store = createStore(boot(), () => page, () => ({}), { fetch: watch, random: () => 1 });
  for (const cookie of ["", "csrftoken=new"]) {
    if (cookie) document.cookie = cookie;
    type(cookie);
    await store.saveNow();
  }
  document.cookie = "csrftoken=; expires=Thu, 01 Jan 1970 00:00:00 GMT";
  field.remove();
  assert.deepEqual(tokens, ["of the page", "new"]);
});

test("a conflict stops saving until somebody decides; keeping mine overwrites by the old revision", async () => {
  answers = [conflict(7, [LOCKED, written("theirs")])];
  type("mine");
  await pass(2);
  assert.equal(store.state, "conflict");
  assert.equal(store.theirs![1].source, "theirs");
  type("mine, further");
  await pass(20);
  assert.equal(calls.length, 1);
  assert.equal(await store.saveNow(), false);
  answers = [() => Promise.reject(new TypeError("no network")), saved(8)];
  await store.keepMine();
  assert.equal(store.state, "not-saved");
  await pass(5);
  assert.deepEqual([calls[2].body.overwrite, calls[2].body.revision, calls[2].body.cells[1].source], [true, 4, "mine, further"]);
  assert.deepEqual([store.state, store.revision, store.theirs], ["saved", 8, null]);
  type("more");
  await pass(2);
  assert.equal(calls[3].body.overwrite, undefined);
});

test("loading theirs sets mine aside first", async () => {
  answers = [conflict(7, [LOCKED, written("theirs")])];
  type("mine");
  await pass(2);
  answers = [() => problem(500, { detail: "Not now." })];
  await store.loadTheirs();
  assert.deepEqual([store.state, store.detail, shown.length], ["conflict", "Not now.", 0]);
  answers = [saved(7), () => Response.json(boot({ revision: 7, cells: [LOCKED, written("theirs")] }))];
  await store.loadTheirs();
  assert.deepEqual(calls.slice(2).map(({ what, body }) => [what, body?.set_aside as unknown, body?.cells[1].source]), [
    ["PUT /n/", true, "mine"],
    ["GET /n/", undefined, undefined],
  ]);
  assert.deepEqual([store.state, store.revision, shown[0].cells[1].source], ["saved", 7, "theirs"]);
  await pass(20);
  assert.equal(calls.length, 4);
});

test("a conflict with oneself is none: the answer to an earlier save was lost", async () => {
  answers = [conflict(5, [LOCKED, written("a")])];
  type("a");
  await pass(2);
  assert.deepEqual([store.state, store.revision], ["saved", 5]);
});

test("a reset saves first, shows what the server gives, and says what undoes it", async () => {
  answers = [saved(5), () => Response.json(boot({ revision: 6, undo: 12 }))];
  type("a");
  assert.equal(await store.reset("trace"), 12);
  assert.deepEqual(calls.map(({ what, body }) => [what, body.cell]), [["PUT /n/", undefined], ["POST /reset/", "trace"]]);
  assert.deepEqual([page[1].source, store.revision, store.state], ["starter", 6, "saved"]);
  answers = [() => Response.json(boot({ revision: 7, cells: [LOCKED, written("a")] }))];
  await store.restore(12);
  assert.deepEqual([calls[2].body, page[1].source], [{ version: 12 }, "a"]);
  await pass(20);
  assert.equal(calls.length, 3);
});

test("nothing is reset that could not be saved, and a failed reset loses nothing", async () => {
  answers = [() => problem(500, {})];
  type("a");
  await assert.rejects(store.reset(), /could not be saved/);
  answers = [saved(5)];
  await store.saveNow();
  answers = [() => problem(500, { detail: "Not now." }), saved(6)];
  const resetting = store.reset();
  await settleALittle();
  type("b");
  await assert.rejects(resetting, /Not now/);
  await pass(3);
  assert.deepEqual([store.state, store.revision, page[1].source], ["saved", 6, "b"]);
});

test("leaving with something unsaved asks, saves on, and later no more", async () => {
  type("a");
  assert.equal(fire("beforeunload"), false);
  await settle();
  assert.deepEqual([calls.length, calls[0].keepalive], [1, true]);
  assert.equal(fire("beforeunload"), true);
  type("b");
  fire("pagehide", { persisted: false });
  await settle();
  assert.equal(calls.length, 2);
});

test("leaving in the middle of a save sends the rest after it", async () => {
  let giveUp = (_: unknown): void => {};
  answers = [() => new Promise((_, reject) => (giveUp = reject)), saved(6)];
  type("a");
  await pass(1.5);
  type("ab");
  fire("pagehide", { persisted: false });
  await settle();
  assert.deepEqual(calls.map(({ body, keepalive }) => [body.revision, body.cells[1].source, keepalive]), [[4, "a", true], [5, "ab", true]]);
  giveUp(new TypeError("the page is gone"));
});

test("long texts go without keepalive, which browsers would refuse", async () => {
  type("é".repeat(40_000));
  await pass(2);
  assert.equal(calls[0].keepalive, false);
});

test("after a crash the last text is there again and is saved", async () => {
  answers = [() => Promise.reject(new TypeError("no network"))];
  type("unsaved work");
  await pass(2);
  crash();
  answers = [saved(5)];
  open();
  await pass(0.5);
  assert.equal(shown[0].cells[1].source, "unsaved work");
  await pass(2);
  assert.deepEqual([calls.at(-1)!.body.revision, calls.at(-1)!.body.cells[1].source, store.state], [4, "unsaved work", "saved"]);
  assert.equal(sessionStorage.length, 0);
});

test("after a crash and work elsewhere the learner decides", async () => {
  answers = [() => Promise.reject(new TypeError("no network"))];
  type("mine");
  await pass(2);
  crash();
  open(boot({ revision: 9, cells: [LOCKED, written("theirs")] }));
  await pass(5);
  assert.deepEqual([store.state, store.theirs![1].source, page[1].source], ["conflict", "theirs", "mine"]);
  answers = [saved(10)];
  await store.keepMine();
  assert.deepEqual([calls.at(-1)!.body.revision, calls.at(-1)!.body.overwrite, store.revision], [4, true, 10]);
});

test("a copy that says what the server says, or that is none of ours, is dropped", async () => {
  const key = "kilohour.draft.l1.la-trace";
  for (const text of [JSON.stringify({ revision: 1, cells: page }), "{", '{"revision": 1, "cells": [null]}', '{"revision": 1, "cells": [{"id": 1}]}']) {
    sessionStorage.setItem(key, text);
    open();
    await pass(1);
    assert.deepEqual([shown.length, store.state], [0, "saved"]);
  }
});

test("what cells show is saved apart: later, only what changed, and not too much of it", async () => {
  const stream = (text: string) => ({ execution_count: 1, outputs: [{ output_type: "stream", name: "stdout", text }] });
  outputs = { trace: stream("a"), "x-111111": stream("b".repeat(1_100_000)) };
  answers = [() => Response.json({ dropped: [] })];
  store.outputsChanged();
  await pass(1);
  assert.equal(calls.length, 0);
  await pass(2);
  assert.equal(calls[0].what, "PUT /o/");
  assert.deepEqual(calls[0].body.outputs, { trace: stream("a"), "x-111111": { execution_count: 1, outputs: [] } });
  outputs.trace = stream("c");
  store.outputsChanged();
  await pass(6);
  assert.deepEqual(Object.keys(calls[1].body.outputs), ["trace"]);
  store.outputsChanged();
  await pass(6);
  assert.equal(calls.length, 2);
  assert.equal(store.state, "saved");
});

test("once nothing runs, more than a page that ends could take along is saved at once", async () => {
  const stream = (text: string) => ({ execution_count: 1, outputs: [{ output_type: "stream", name: "stdout", text }] });
  outputs = { trace: stream("a") };
  answers = [() => Response.json({ dropped: [] })];
  store.outputsChanged();
  store.outputsSettled();
  await pass(0.1);
  assert.equal(calls.length, 0);
  outputs.trace = stream("b".repeat(40_000));
  store.outputsSettled();
  await pass(0.1);
  assert.deepEqual(calls.map(({ what }) => what), ["PUT /o/"]);
  store.outputsSettled();
  await pass(6);
  assert.equal(calls.length, 1);
});

test("a reload does not leave behind what cells show", async () => {
  outputs = { trace: { execution_count: 1, outputs: [] } };
  answers = [() => Response.json({ dropped: [] })];
  const sent = (): number => calls.filter(({ what }) => what === "PUT /o/").length;
  store.outputsChanged();
  fire("beforeunload");
  await pass(0);
  assert.equal(sent(), 1);
  fire("beforeunload");
  await pass(3);
  assert.equal(sent(), 1);
});

/** The cell of the answer as the next page in this tab shows it; the server hands out `served`. */
const shownNext = (served: CellData): CellData => withOutputs([served], new OutputsCopy(boot(), sessionStorage).read())[0];

test("what was being saved when the page ended is there on the next one, and is saved again", async () => {
  const ran = { execution_count: 2, outputs: [{ output_type: "stream", name: "stdout", text: "a" }], ran: "d2" };
  outputs = { trace: ran };
  answers = [() => new Promise<Response>(() => {})];
  store.outputsChanged();
  fire("beforeunload");
  crash();
  assert.deepEqual(shownNext(ANSWER), { ...ANSWER, ...ran });
  answers = [() => Response.json({ dropped: [] })];
  open();
  calls = [];
  await pass(3);
  assert.deepEqual(calls.map(({ body }) => body.outputs), [{ trace: ran }]);
  assert.deepEqual(shownNext(ANSWER), ANSWER); // confirmed: the server's word counts again
});

test("the next page may be made before the last save: its answer to the page that ends forgets nothing", async () => {
  outputs = { trace: { execution_count: 2, outputs: [] } };
  answers = [() => Response.json({ dropped: [] })];
  store.outputsChanged();
  fire("beforeunload");
  await pass(0);
  assert.equal(shownNext(ANSWER).execution_count, 2);
  store.outputsChanged(); // the learner has stayed
  await pass(3);
  assert.equal(shownNext(ANSWER).execution_count, null);
});

test("what another tab has run in the meantime is not overwritten by what was kept", async () => {
  const theirs = { ...ANSWER, execution_count: 7, outputs: [], ran: "d7" };
  outputs = { trace: { execution_count: 2, outputs: [] } };
  answers = [() => new Promise<Response>(() => {})];
  store.outputsChanged();
  fire("beforeunload");
  crash();
  assert.deepEqual(shownNext(theirs), theirs);
  const { execution_count } = shownNext(theirs);
  outputs = { trace: { execution_count, outputs: [], ran: "d7" } as never };
  open(boot({ cells: [LOCKED, theirs] }));
  calls = [];
  await pass(5);
  assert.equal(calls.length, 0);
  assert.deepEqual(shownNext(ANSWER), ANSWER);
});

test("of what cells show one tab keeps a page's worth, and not too much", async () => {
  const other = new OutputsCopy({ ...boot(), exercise: { ...boot().exercise, slug: "other" } }, sessionStorage);
  outputs = { trace: { execution_count: 2, outputs: [] } };
  answers = [() => problem(500, {})];
  store.outputsChanged();
  await pass(3);
  assert.equal(shownNext(ANSWER).execution_count, 2);
  assert.equal(other.read(), null);
  other.keep({});
  assert.deepEqual(shownNext(ANSWER), ANSWER);
  const long = [{ output_type: "stream", name: "stdout", text: "a".repeat(600_000) }];
  outputs = { trace: { execution_count: 3, outputs: long }, "x-111111": { execution_count: 4, outputs: long } };
  store.outputsChanged();
  await pass(60);
  assert.deepEqual(shownNext(ANSWER), ANSWER);
  assert.deepEqual(other.read(), null);
});

test("a notebook in the place of another has nothing of what was kept", async () => {
  outputs = { trace: { execution_count: 2, outputs: [] } };
  answers = [() => problem(500, {}), () => Response.json(boot({ revision: 9 }))];
  store.outputsChanged();
  await pass(3);
  assert.equal(shownNext(ANSWER).execution_count, 2);
  await store.reset();
  assert.deepEqual(shownNext(ANSWER), ANSWER);
});

test("outputs that cannot be saved do not trouble the text", async () => {
  outputs = { trace: { execution_count: 1, outputs: [] } };
  answers = [() => problem(500, {}), () => problem(413, {})];
  store.outputsChanged();
  await pass(120);
  assert.equal(calls.length, 2);
  assert.equal(store.state, "saved");
});
