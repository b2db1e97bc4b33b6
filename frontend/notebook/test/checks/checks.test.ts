import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { mountChecks } from "../../src/checks/checks";
import type { Boot } from "../../src/types";
import { boot, FakeNotebook, FakeServer, FakeStore, json, makeCell, result, state } from "./page";

let view: FakeNotebook;
let store: FakeStore;
let server: FakeServer;

function mount(fields: Partial<Boot> = {}): void {
  mountChecks(view, store.asStore, boot(fields));
}

function buttonNamed(name: string, place: HTMLElement = document.body): HTMLButtonElement {
  const found = [...place.querySelectorAll("button")].find((item) => !item.hidden && item.textContent?.startsWith(name));
  assert.ok(found, `no button “${name}”`);
  return found;
}

async function until(what: () => unknown): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (what()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.fail(`never so: ${what.toString()}`);
}

const line = (): string => view.panels.querySelector("#checks-panel .checks-line")?.textContent ?? "";
const feedback = (id: string): HTMLElement => view.cell(id)!.feedback;

async function check(): Promise<void> {
  buttonNamed("Check", view.toolbar).click();
  await until(() => !server.states.length || /passed|could not|place/.test(line()));
}

beforeEach(() => {
  view = new FakeNotebook();
  store = new FakeStore();
  server = new FakeServer();
  view.element.insertAdjacentHTML("beforeend", "<input name=csrfmiddlewaretoken value=token>");
});

describe("Check", () => {
  test("saves first and sends the saved revision", async () => {
    store.save = async () => ((store.revision = 8), true);
    server.accept();
    server.say(state({ results: [result({ verdict: "passed" })] }));
    mount();
    await check();
    assert.deepEqual(server.sent.map((request) => [request.url, request.body]), [["/check/", { revision: 8 }]]);
    assert.equal(server.sent[0]?.headers["X-CSRFToken"], "token");
  });

  test("shows results as they come, beside their cells and in short in the panel", async () => {
    const first = result({ verdict: "passed" });
    const second = result({ title: "Halves", cell: "halve" });
    const third = result({ title: "Style", cell: null });
    server.accept();
    server.say(
      state({ state: "queued", place: 3 }),
      state({ state: "running", phase: "cells", cell: { index: 2, of: 9 } }),
      state({ state: "running", phase: "checks", checks_of: 3, results: [first] }),
      state({ results: [first, second, third] }),
    );
    mount();
    await check();
    await until(() => line() === "1 of 3 checks passed.");
    for (const sentence of [
      "Waiting. 2 are before you.",
      "Running cell 2 of 9 in a fresh Python.",
      "Checking: 1 of 3 checks done.",
      "1 of 3 checks passed.",
    ])
      assert.ok(view.said.includes(sentence), sentence);
    assert.match(feedback("double").textContent ?? "", /Passed.*Doubles ints/);
    assert.match(feedback("halve").textContent ?? "", /Not right yet.*Halves.*double\(2\) gave 2\./);
    assert.equal(feedback("halve").querySelector("pre")?.textContent, "x = 2");
    assert.equal(feedback("halve").hidden, false);
    assert.equal(feedback("text-1").hidden, true);
    const panel = view.panels.querySelector("#checks-panel");
    assert.match(panel?.textContent ?? "", /Doubles ints.*Cell 2.*Halves.*Cell 3.*Style.*double\(2\) gave 2\./s);
    assert.equal(panel?.querySelectorAll("pre").length, 1, "full only where there is no cell");
  });

  test("hints come one by one and stay when more results come", async () => {
    const first = result();
    let release: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (release = resolve));
    server.accept();
    server.say(state({ state: "running", phase: "checks", checks_of: 2, results: [first] }));
    server.states.push(async () => (await waiting, json(state({ results: [first, result({ title: "Two" })] }))));
    mount();
    buttonNamed("Check", view.toolbar).click();
    await until(() => feedback("double").querySelector("li"));
    const hints = (): string[] => [...feedback("double").querySelectorAll("ol li")].map((item) => item.textContent ?? "");
    assert.deepEqual(hints(), []);
    buttonNamed("Show a hint (2 left)", feedback("double")).click();
    assert.deepEqual(hints(), ["First nudge"]);
    assert.equal(document.activeElement?.textContent, "First nudge");
    release();
    await until(() => line() === "0 of 2 checks passed.");
    assert.deepEqual(hints(), ["First nudge"]);
    buttonNamed("Show a hint (1 left)", feedback("double")).click();
    assert.deepEqual(hints(), ["First nudge", "Second nudge"]);
    assert.ok(!feedback("double").querySelector(".check-result:first-child button:not([hidden])"));
  });

  test("what a learner's code said is never read as HTML", async () => {
    server.accept();
    server.say(state({ results: [result({ message: "<img src=x onerror=alert(1)>", example: "<b>x</b>" })] }));
    mount();
    await check();
    assert.equal(view.element.querySelector("img, b"), null);
  });

  test("results are marked when their cell changes, and no more when it is put back", async () => {
    server.accept();
    server.say(state({ results: [result(), result({ title: "Halves", cell: "halve" })] }));
    mount();
    await check();
    const note = (id: string): HTMLElement => feedback(id).querySelector<HTMLElement>(".checks-stale")!;
    assert.equal(note("double").hidden, true);
    const before = view.cell("double")!.source;
    view.cell("double")!.source = "def double(x): return 2 * x";
    store.set("unsaved");
    assert.equal(note("double").hidden, false);
    assert.match(note("double").textContent ?? "", /before your last change/);
    assert.equal(note("halve").hidden, true);
    view.cell("double")!.source = before;
    store.set("saved");
    assert.equal(note("double").hidden, true);
  });

  test("results find their cells again when the notebook is made anew", async () => {
    server.accept();
    server.say(state({ results: [result()] }));
    mount();
    await check();
    view.cells = [makeCell("double", 1, view.cell("double")!.source)];
    view.cellsChanged();
    assert.match(feedback("double").textContent ?? "", /Doubles ints/);
    view.cells = [];
    view.cellsChanged();
    assert.match(view.panels.textContent ?? "", /Doubles ints.*double\(2\) gave 2\./);
  });

  test("a cell that fails in a fresh Python is told there", async () => {
    server.accept();
    const cells = [{ id: "halve", verdict: "error", message: "NameError: x" }];
    server.say(state({ results: [result()], cells: [...cells, { id: "double", verdict: "time_limit", message: "ran longer than 10 s" }] }));
    mount();
    await check();
    assert.match(feedback("halve").textContent ?? "", /fresh Python, this cell failsNameError: x/);
    assert.match(feedback("double").textContent ?? "", /This cell ran longer than 10 s\./);
  });

  test("a failing platform is told as such", async () => {
    server.accept();
    server.say(state({ state: "failed", verdict: "platform", message: "We could not run the checks, and that is our fault." }));
    mount();
    await check();
    assert.equal(line(), "This could not be checked.");
    assert.match(view.panels.textContent ?? "", /that is our fault/);
  });

  test("goes on by itself after a lost line", async () => {
    server.accept();
    server.states.push(() => Promise.reject(new TypeError("no line")));
    server.say(state({ results: [result()] }));
    mount();
    buttonNamed("Check", view.toolbar).click();
    await until(() => view.banners.get("checks"));
    assert.match(view.banners.get("checks")?.text ?? "", /cannot be reached/);
    await until(() => line() === "0 of 1 check passed.");
    assert.equal(view.banners.size, 0);
  });

  test("a newer check takes the place of the one that is followed", async () => {
    server.accept();
    server.accept();
    server.say(state({ state: "queued", place: 2 }));
    mount();
    buttonNamed("Check", view.toolbar).click();
    await until(() => line().startsWith("Waiting"));
    server.states = [];
    server.say(state({ results: [result({ verdict: "passed" })] }));
    buttonNamed("Check", view.toolbar).click();
    await until(() => line() === "1 of 1 check passed.");
    assert.equal(server.sent.length, 2);
  });

  test("what runs can be stopped, and the focus stays in the panel", async () => {
    server.accept();
    server.posts.push(() => json(state({ state: "cancelled", done: true, poll_after_seconds: null })));
    let isStopped = false;
    const running = state({ state: "running", done: false, poll_after_seconds: 0.001 });
    server.states.push(() => json(isStopped ? state({ state: "cancelled" }) : running));
    mount();
    buttonNamed("Check", view.toolbar).click();
    await until(() => /Starting Python/.test(line()));
    const stop = buttonNamed("Stop", view.panels);
    stop.focus();
    stop.click();
    isStopped = true;
    await until(() => /was stopped/.test(line()));
    assert.deepEqual(server.sent.map((request) => request.url), ["/check/", "/cancel/"]);
    assert.ok(stop.hidden);
    assert.equal(document.activeElement?.id, "checks-title");
  });

  test("is off while saving, and sends nothing", async () => {
    mount();
    store.set("saving");
    assert.equal(buttonNamed("Check").getAttribute("aria-disabled"), "true");
    assert.equal(buttonNamed("Submit").getAttribute("aria-disabled"), "true");
    buttonNamed("Check").click();
    buttonNamed("Submit").click();
    assert.equal(store.saves, 0);
    store.set("saved");
    assert.equal(buttonNamed("Check").getAttribute("aria-disabled"), "false");
  });
});

describe("Refusals are words, and lose nothing", () => {
  const said = [
    [401, "signed-out", "", /signed out.*stays here/],
    [403, "", "", /no longer knows this page/],
    [429, "too-often", "More than 20 checks a minute are not made.", /20 checks a minute/],
    [503, "", "", /on our side failed/],
  ] as const;
  for (const [status, code, detail, words] of said)
    test(`${status} ${code}`, async () => {
      server.refuse(status, code, detail);
      mount();
      buttonNamed("Check").click();
      await until(() => words.test(line()));
      assert.ok(view.said.some((text) => words.test(text)));
      assert.equal(buttonNamed("Check").getAttribute("aria-disabled"), "false");
      assert.equal(view.banners.has("checks"), status === 401);
    });

  test("no line", async () => {
    server.posts.push(() => Promise.reject(new TypeError("no line")));
    mount();
    buttonNamed("Check").click();
    await until(() => /cannot be reached/.test(line()));
  });

  test("what cannot be saved is not sent", async () => {
    store.save = async () => ((store.state = "conflict"), false);
    mount();
    buttonNamed("Check").click();
    await until(() => /changed elsewhere/.test(line()));
    assert.equal(server.requests.length, 0);
  });

  test("an old revision of the same text is saved again and checked", async () => {
    store.save = async () => ((store.revision += 1), (store.state = "saved"), true);
    server.refuse(409, "draft-conflict");
    server.accept();
    server.say(state({ results: [result()] }));
    mount();
    await check();
    assert.deepEqual(server.sent.map((request) => request.body), [{ revision: 8 }, { revision: 9 }]);
  });
});

describe("Submit", () => {
  function open(): HTMLElement {
    buttonNamed("Submit", view.toolbar).click();
    return view.panels.querySelector<HTMLElement>("[aria-labelledby=submit-title]")!;
  }

  test("says first what is sent and how many attempts are left", () => {
    mount({ attempts_left: 2 });
    view.cells.push(makeCell("x-abcdef", 4, "1", "extra"));
    const asked = open();
    assert.match(asked.textContent ?? "", /2 answers1 cell of your ownCell 2 is still as it was handed out\./);
    assert.match(asked.textContent ?? "", /2 attempts are left/);
    assert.equal(document.activeElement?.id, "submit-title");
    assert.equal(server.requests.length, 0);
    asked.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    assert.equal(asked.hidden, true);
    assert.equal(document.activeElement?.textContent, "Submit");
  });

  test("without an attempt nothing can be sent", () => {
    mount({ attempts_left: 0 });
    const asked = open();
    assert.match(asked.textContent ?? "", /No attempt is left/);
    assert.equal(buttonNamed("Submit now").disabled, true);
  });

  test("offers to run everything first, and says what came of it", async () => {
    mount();
    const asked = open();
    view.runs = false;
    buttonNamed("Restart and run all first").click();
    await until(() => /look at the cell that stopped/.test(asked.textContent ?? ""));
    view.runs = true;
    buttonNamed("Restart and run all first").click();
    await until(() => /All cells ran to their end/.test(asked.textContent ?? ""));
  });

  test("a double click makes one submission, and its report is linked", async () => {
    server.accept({ attempts_left: 1 });
    server.say(state({ results: [result({ verdict: "passed" }), result({ title: "Halves", cell: "halve" })], page: "/submissions/1/" }));
    mount({ attempts_left: 2 });
    open();
    const now = buttonNamed("Submit now");
    now.click();
    now.click();
    await until(() => line() === "Graded: 1 of 3 points. 1 of 2 checks passed.");
    assert.equal(server.sent.length, 1);
    assert.deepEqual(server.sent[0]?.body, { revision: 7, key: "page-key-0" });
    const link = view.panels.querySelector<HTMLAnchorElement>("#checks-panel a")!;
    assert.equal(link.getAttribute("href"), "/submissions/1/");
    assert.equal(link.hidden, false);
    assert.match(open().textContent ?? "", /1 attempt is left/);
  });

  test("what a mentor reviews is told apart from what is graded", async () => {
    server.accept();
    server.say(state({ results: [result({ verdict: "passed" }), result({ title: "Halves", cell: "halve" })] }));
    mount({ exercise: { slug: "gallery", title: "Gallery", points: 3, is_reviewed: true } });
    assert.match(open().textContent ?? "", /open the way to a mentor's review/);
    buttonNamed("Submit now").click();
    await until(() => line() === "Pre-checks: 1 of 3 points. Not ready for review yet. 1 of 2 checks passed.");
    server.accept();
    server.states = [];
    server.say(state({ points: 3, results: [result({ verdict: "passed" })] }));
    open();
    buttonNamed("Submit now").click();
    await until(() => line() === "All pre-checks passed. Ready for review.");
  });

  test("the same text may be submitted again, as another submission", async () => {
    server.accept();
    server.say(state({ state: "failed", verdict: "platform", message: "That is our fault." }));
    mount({ attempts_left: 1 });
    open();
    buttonNamed("Submit now").click();
    await until(() => line() === "This could not be graded.");
    server.accept();
    open();
    assert.equal(buttonNamed("Submit now").disabled, false, "what we fail at costs no attempt");
    buttonNamed("Submit now").click();
    await until(() => server.sent.length === 2);
    assert.equal(server.sent[1]?.body?.["key"], "page-key-1");
  });

  test("while it is graded neither button does anything", async () => {
    server.accept();
    server.say(state({ state: "queued", place: 1 }));
    mount();
    open();
    buttonNamed("Submit now").click();
    await until(() => line() === "Waiting. You are next.");
    buttonNamed("Check", view.toolbar).click();
    buttonNamed("Submit", view.toolbar).click();
    assert.equal(server.sent.length, 1);
    assert.equal(buttonNamed("Check", view.toolbar).getAttribute("aria-disabled"), "true");
    server.states = [];
    server.say(state({ results: [result()] }));
    await until(() => buttonNamed("Check", view.toolbar).getAttribute("aria-disabled") === "false");
  });
});
