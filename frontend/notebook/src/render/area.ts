import { Calm } from "../calm";
import { gettext } from "../i18n";
import type { Output, OutputArea, OutputAreaOptions } from "../types";
import { element } from "./element";
import { heightOf, watchHeight } from "./heights";
import { DisplayItem, FailureItem, NoticeItem, StreamItem, type Item } from "./item";
import { toKept } from "./keep";
import { Question } from "./question";
import { FrameQueue } from "./queue";
import { toRecord, toText } from "./text";
import { widgetsOf, type WidgetDoor } from "./widget-door";

const MOST_ITEMS = 500;
const HELD_MILLISECONDS = 250;

/** Where a cell's outputs are shown. Nothing that is put in may throw, or leave its place in the page. */
export function createOutputArea(options: OutputAreaOptions): OutputArea {
  return new Area(options, options.kernel && widgetsOf(options.kernel, options));
}

/** An area inside an Output widget: what it is given is shown in it, whoever captures meanwhile. */
export function createInnerArea(options: OutputAreaOptions): OutputArea {
  return new Area(options, options.kernel && widgetsOf(options.kernel, options), false);
}

class Area implements OutputArea {
  readonly element = element("div", "output-area");
  private items: Item[] = [];
  private readonly changed = new Set<StreamItem>();
  private readonly queue = new FrameQueue(() => this.renderStreams());
  private clearsBeforeNext = false;
  private readonly stale = new Calm(); // until the last run's outputs go
  private isLoading = false;
  private cutItems: NoticeItem | null = null;
  private question: { field: Question; prompt: string; isPassword: boolean } | null = null;

  constructor(
    private readonly options: OutputAreaOptions,
    private readonly widgets: WidgetDoor | null,
    private readonly canBeCaptured = true,
  ) {
    watchHeight(this.element);
  }

  add(output: Output): void {
    if (this.canBeCaptured && this.widgets?.capture({ kind: "add", output })) return;
    this.queue.push(() => this.put(output));
  }

  clear(wait: boolean): void {
    if (this.canBeCaptured && this.widgets?.capture({ kind: "clear", wait })) return;
    this.queue.push(() => {
      if (wait) this.clearsBeforeNext = true;
      else this.empty();
    });
  }

  renew(): void {
    this.stale.soon(() => this.queue.push(() => this.empty()));
    this.queue.push(() => {
      this.clearsBeforeNext = true;
    });
  }

  settle(): void {
    this.queue.drain();
    if (this.stale.isWaiting) this.empty();
  }

  update(displayId: string, output: Output): void {
    if (this.canBeCaptured) this.widgets?.update(displayId, output);
    this.queue.push(() => {
      for (const item of this.items) {
        if (item instanceof DisplayItem && item.displayId === displayId) item.update(output);
      }
    });
  }

  ask(prompt: string, isPassword: boolean): Promise<string> {
    this.cancelAsk();
    this.queue.drain();
    const field = new Question(String(prompt), isPassword);
    this.question = { field, prompt: String(prompt), isPassword };
    this.element.append(field.element);
    field.focus();
    void field.answer.then((answer) => this.answered(field, answer));
    return field.answer;
  }

  cancelAsk(): void {
    this.question?.field.remove();
    this.question = null;
  }

  load(outputs: Output[]): void {
    this.queue.clear();
    this.cancelAsk();
    this.empty();
    this.isLoading = true;
    for (const output of Array.isArray(outputs) ? outputs : []) this.put(output);
    this.isLoading = false;
    this.renderStreams();
  }

  get isEmpty(): boolean {
    this.queue.drain();
    return !this.items.length;
  }

  outputs(): Output[] {
    this.queue.drain();
    return toKept(this.items.flatMap((item) => item.output() ?? []));
  }

  private answered(field: Question, answer: string): void {
    if (this.question?.field !== field) return;
    const { prompt, isPassword } = this.question;
    this.cancelAsk();
    const shown = isPassword ? "•".repeat(8) : answer;
    this.queue.push(() => this.put({ output_type: "stream", name: "stdout", text: `${prompt}${shown}\n` }));
  }

  private put(output: Output): void {
    if (this.clearsBeforeNext) this.empty();
    try {
      if (output.output_type === "stream") this.putStream(output);
      else this.show(this.itemOf(output));
    } catch {
      this.show(new NoticeItem(gettext("This output could not be shown.")));
    }
  }

  private putStream(output: Output): void {
    if (toRecord(toRecord(output.metadata)["kilohour"])["notice"] === "cut") {
      return this.show(new NoticeItem(gettext("This cell printed too much: some of it was left out.")));
    }
    const name = output.name === "stderr" ? "stderr" : "stdout";
    let stream = this.items.at(-1);
    if (!(stream instanceof StreamItem) || stream.name !== name) this.show((stream = new StreamItem(name)));
    (stream as StreamItem).append(toText(output.text) ?? "");
    this.changed.add(stream as StreamItem);
  }

  private itemOf(output: Output): Item {
    switch (output.output_type) {
      case "display_data":
      case "execute_result":
        return new DisplayItem(output, {
          scriptFrameUrl: this.options.scriptFrameUrl,
          renderWidget: (modelId, fallback) => this.renderWidget(modelId, fallback),
        });
      case "error":
        return new FailureItem(output, (count, line) => this.options.onTraceLink(count, line));
      default:
        return new NoticeItem(gettext("This kind of output cannot be shown here."));
    }
  }

  private renderWidget(modelId: string, fallback: () => HTMLElement): HTMLElement {
    if (!this.widgets) return fallback();
    return this.widgets.render(modelId, fallback, { isSaved: this.isLoading, area: this });
  }

  private show(item: Item): void {
    this.items.push(item);
    if (this.question) this.question.field.element.before(item.element);
    else this.element.append(item.element);
    if (this.items.length <= MOST_ITEMS) return;
    this.items.shift()?.element.remove();
    if (this.cutItems) return;
    this.cutItems = new NoticeItem(gettext("Many outputs: only the last ones are kept."));
    this.element.prepend(this.cutItems.element);
  }

  private empty(): void {
    this.clearsBeforeNext = false;
    this.stale.forget();
    this.holdHeight();
    this.items = [];
    this.changed.clear();
    this.cutItems = null;
    for (const child of [...this.element.children]) {
      if (child !== this.question?.field.element) child.remove(); // an open question keeps its focus
    }
  }

  /** Keeps the page from jumping while a plot is replaced by the next one. */
  private holdHeight(): void {
    if (!this.items.length) return;
    this.element.style.minBlockSize = `${heightOf(this.element)}px`;
    setTimeout(() => (this.element.style.minBlockSize = ""), HELD_MILLISECONDS);
  }

  private renderStreams(): void {
    for (const stream of this.changed) stream.render();
    this.changed.clear();
  }
}
