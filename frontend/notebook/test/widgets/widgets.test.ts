import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { FakeKernel, display, frames, makeArea, stream } from "../render/tools";

// jsdom has no dragging, which the library reads when it is loaded.
Object.assign(globalThis, { DragEvent: class extends MouseEvent {} });

afterEach(() => document.body.replaceChildren());

const VIEW = "application/vnd.jupyter.widget-view+json";
const shows = (model_id: unknown, text = "Widget()") => display({ [VIEW]: { model_id, version_major: 2 }, "text/plain": text });

async function until(condition: () => unknown): Promise<void> {
  for (let n = 0; n < 200 && !condition(); n += 1) await frames(20);
  assert.ok(condition());
}

function open(fake: FakeKernel, id: string, name: string, more: Record<string, unknown> = {}): void {
  const module = name.startsWith("Layout") ? "base" : name.startsWith("Output") ? "output" : "controls";
  const state = {
    _model_name: `${name}Model`,
    _model_module: `@jupyter-widgets/${module}`,
    _model_module_version: module === "output" ? "1.0.0" : "2.0.0",
    _view_name: name.endsWith("Style") ? "StyleView" : `${name}View`,
    _view_module: `@jupyter-widgets/${name.endsWith("Style") ? "base" : module}`,
    _view_module_version: "2.0.0",
    ...more,
  };
  fake.say("comm_open", id, { state, buffer_paths: [] });
}

function slider(fake: FakeKernel, id = "slider"): void {
  open(fake, `${id}-layout`, "Layout");
  open(fake, `${id}-style`, "SliderStyle");
  open(fake, id, "IntSlider", { value: 3, min: 0, max: 10, layout: `IPY_MODEL_${id}-layout`, style: `IPY_MODEL_${id}-style` });
}

test("a slider is shown, follows the kernel, and tells it what was chosen", async () => {
  const fake = new FakeKernel();
  const { area } = makeArea(fake.kernel);
  slider(fake);
  fake.say("comm_msg", "slider", { method: "update", state: { value: 4 }, buffer_paths: [] });
  area.add(shows("slider"));
  await until(() => area.element.querySelector(".widget-readout")?.textContent === "4");
  fake.say("comm_msg", "slider", { method: "update", state: { value: 7 }, buffer_paths: [] });
  await until(() => area.element.querySelector(".widget-readout")!.textContent === "7");
  const readout = area.element.querySelector<HTMLElement>(".widget-readout")!;
  const choose = (value: string): void => {
    readout.setAttribute("contenteditable", "true"); // jsdom does not reflect the property
    readout.textContent = value;
    readout.dispatchEvent(new KeyboardEvent("keydown", { keyCode: 13, bubbles: true }));
  };
  choose("9");
  await until(() => fake.sent.length);
  const { message, handlers } = fake.sent[0]!;
  assert.equal(message.comm_id, "slider");
  assert.deepEqual(message.data["state"], { value: 9 });
  handlers!.onOutput!(stream("observed 9\n"));
  await frames();
  assert.match(area.element.textContent!, /observed 9/);
  // While the kernel works, changes wait; then the last one goes.
  for (const value of ["1", "2", "5"]) choose(value);
  assert.equal(fake.sent.length, 1);
  handlers!.onIdle!();
  await until(() => fake.sent.length === 2);
  assert.deepEqual(fake.sent[1]!.message.data["state"], { value: 5 });
});

test("an Output widget takes what is printed meanwhile, also before it can be shown", async () => {
  const fake = new FakeKernel();
  const { area } = makeArea(fake.kernel);
  open(fake, "layout", "Layout");
  open(fake, "out", "Output", { layout: "IPY_MODEL_layout", msg_id: "", outputs: [] });
  area.add(shows("out", "Output()"));
  const capture = (msg_id: string) => fake.say("comm_msg", "out", { method: "update", state: { msg_id }, buffer_paths: [] });
  capture("run");
  area.add(stream("inside\n"));
  area.add(stream("inside too\n"));
  capture("");
  area.add(stream("outside\n"));
  await until(() => area.element.querySelector(".output-widget pre"));
  await frames();
  assert.equal(area.element.querySelector(".output-widget pre")!.textContent, "inside\ninside too\n");
  assert.match(area.element.lastElementChild!.textContent!, /^outside/);
  capture("run");
  area.clear(true);
  area.add(stream("anew\n"));
  capture("");
  await until(() => area.element.querySelector(".output-widget pre")!.textContent === "anew\n");
  assert.equal(area.outputs().at(-1)!.text, "outside\n");
});

test("capturing ends with the run, with the widget, and with the kernel", () => {
  for (const end of [(fake: FakeKernel) => fake.become("ready"), (fake: FakeKernel) => fake.restart(), (fake: FakeKernel) => fake.say("comm_close", "out", {})]) {
    const fake = new FakeKernel();
    const { area } = makeArea(fake.kernel);
    open(fake, "out", "Output", { msg_id: "run" });
    area.add(stream("lost"));
    end(fake);
    area.add(stream("kept"));
    assert.equal(area.outputs().map(({ text }) => text).join(), "kept");
  }
});

test("after a reload without the model, the text stands for it", async () => {
  const fake = new FakeKernel();
  fake.become("off");
  const { area } = makeArea(fake.kernel);
  area.load([shows("gone", "IntSlider(value=3)")]);
  assert.equal(area.element.querySelector("pre")!.textContent, "IntSlider(value=3)");
  fake.become("ready");
  await frames();
  assert.equal(area.element.querySelector("pre")!.textContent, "IntSlider(value=3)");
  assert.deepEqual(area.outputs()[0]!.data![VIEW], { model_id: "gone", version_major: 2 });
});

test("without a kernel, as for a reviewer, the text stands for it", () => {
  const { area } = makeArea(null);
  area.load([shows("slider", "IntSlider(value=3)")]);
  assert.equal(area.element.querySelector("pre")!.textContent, "IntSlider(value=3)");
});

test("a widget of an unknown library leaves its text", async () => {
  const fake = new FakeKernel();
  const { area } = makeArea(fake.kernel);
  open(fake, "odd", "IntSlider", { _model_module: "evil", _view_module: "evil" });
  area.add(shows("odd", "Odd()"));
  await until(() => area.element.querySelector("pre")?.textContent === "Odd()");
});

test("texts of widgets are sanitised", async () => {
  const fake = new FakeKernel();
  const { area } = makeArea(fake.kernel);
  open(fake, "layout", "Layout");
  open(fake, "style", "HTMLStyle");
  const value = `<b hx-get="/x" class="button" onclick="hit()" data-hx-get="/y">bold</b><style>*{}</style><form></form>`;
  open(fake, "html", "HTML", { value, layout: "IPY_MODEL_layout", style: "IPY_MODEL_style", description_allow_html: true, description: "<i onclick=x data-hx-get='/'>d</i>" });
  area.add(shows("html"));
  await until(() => area.element.querySelector(".widget-html b"));
  assert.equal(area.element.querySelector(".widget-html-content")!.innerHTML, "<b>bold</b>");
  assert.doesNotMatch(area.element.innerHTML, /hx-get|onclick|<form/);
});

test("messages of any shape do no harm", async () => {
  const fake = new FakeKernel();
  const { area } = makeArea(fake.kernel);
  for (const odd of [null, 5, "x", [], {}, { state: null }, { state: 5 }, { state: { _model_name: {} } }, { method: "update" }, { buffer_paths: 7, state: {} }]) {
    for (const type of ["comm_open", "comm_msg", "comm_close"] as const) fake.say(type, `odd-${JSON.stringify(odd)}`, odd as never);
    area.add(shows(odd));
  }
  await frames(300);
  area.add(stream("alive"));
  await frames();
  assert.match(area.element.textContent!, /alive/);
});
