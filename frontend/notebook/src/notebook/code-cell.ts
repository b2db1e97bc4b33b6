/** A cell that runs. */
import { Calm } from "../calm";
import { gettext, interpolate } from "../i18n";
import { createOutputArea } from "../render/area";
import { element } from "../render/element";
import type { CellData, ExecuteHandlers, ExecuteResult, Output, OutputArea } from "../types";
import { button } from "./button";
import { Cell, type Host } from "./cell";
import { icon } from "./icons";
import { cellLabel } from "./labels";
import { digest } from "./digest";
import type { Job } from "./queue";
import { afterFresh, afterReunion, type CellState, outcomeOfRun, type RunRecord, savedRecord, stateOf } from "./states";
import { StatusLine } from "./status";
import type { Run } from "./under-way";

export class CodeCell extends Cell implements Job {
  readonly type = "code";
  errorName = "";
  readonly #runButton: HTMLButtonElement;
  readonly #status = new StatusLine();
  readonly #outputs = element("div", "nb-outputs");
  #area: OutputArea | null = null;
  #saved: Output[];
  #record: RunRecord;
  #cancel: (() => void) | null = null;
  #underWay: Run | null = null;
  readonly #calm = new Calm();

  constructor(data: CellData, host: Host) {
    super(data, host);
    this.#record = savedRecord(data);
    this.#saved = data.outputs;
    this.#runButton = button({
      label: "",
      icon: "play",
      iconOnly: true,
      className: "nb-run",
      onPress: () => host.onRunButton(this),
    });
    this.buildHead([this.#runButton, this.#status.count], [this.#status.element]);
    this.body.append(this.field.element);
    this.element.append(this.head, this.body, this.#outputs, this.feedback);
    if (data.outputs.length) this.#showArea().load(data.outputs);
  }

  get state(): CellState {
    return stateOf(this.#record, this.source);
  }

  get executionCount(): number | null {
    return this.#record.count;
  }

  /** Digest of the text that its outputs came from. */
  get ran(): string {
    return this.#record.ran ?? "";
  }

  get outputs(): Output[] {
    return this.#area?.outputs() ?? this.#saved;
  }

  focus(line?: number): void {
    if (this.isEditable) this.field.focus(line);
    else {
      this.select();
      this.field.focus(line);
    }
  }

  toData(): CellData {
    return {
      id: this.id,
      type: "code",
      role: this.role,
      source: this.source,
      outputs: this.outputs,
      execution_count: this.executionCount,
    };
  }

  clearOutputs(): void {
    this.#area?.clear(false);
    this.#saved = [];
    this.#outputs.hidden = true;
  }

  updateDisplay(displayId: string, output: Output): void {
    this.#area?.update(displayId, output);
  }

  /** The kernel is a new one. */
  onFresh(): void {
    this.#set(afterFresh(this.#record));
  }

  /** The kernel is the one that the saved results came from. */
  onReunion(): void {
    this.#set(afterReunion(this.#record));
  }

  onQueued(): void {
    this.#set({ ...this.#record, phase: "waiting" });
  }

  onDropped(): void {
    this.#set({ ...this.#record, phase: "idle" });
  }

  /** Ends the wait for a kernel that is not there yet; what runs is interrupted by the kernel. */
  cancelWait(): void {
    this.#cancel?.();
  }

  /** What runs next is this, which was under way when the page was left. */
  goOnWith(run: Run): void {
    this.#underWay = run;
  }

  run(): Promise<boolean> {
    const run = this.#underWay;
    this.#underWay = null;
    return run ? this.#goOn(run) : this.#begin();
  }

  async #begin(): Promise<boolean> {
    const { source } = this;
    const ran = digest(source);
    if (!(await this.#hasKernel())) {
      this.onDropped();
      return false;
    }
    const area = this.#showArea();
    this.#forgetResults(area);
    const onSent = (id: string) => this.host.onRunSent?.(this, id, ran);
    const result = await this.host.kernel.execute(source, { ...this.#handlers(area), onSent });
    return this.#end(area, ran, result);
  }

  async #goOn({ id, ran }: Run): Promise<boolean> {
    const area = this.#showArea();
    const handlers = this.#handlers(area);
    let isKnown = false;
    const onAgain = (seconds: number) => {
      if (!isKnown) this.host.onRunSent?.(this, id, ran);
      isKnown = true;
      handlers.onAgain?.(seconds);
    };
    const result = await this.host.kernel.rejoin(id, { ...handlers, onAgain });
    if (isKnown) return this.#end(area, ran, result);
    this.onDropped(); // what was saved stays
    return false;
  }

  override refresh(): void {
    super.refresh();
    this.#calm.forget();
    const { state } = this;
    this.element.dataset["state"] = state;
    this.#status.show(state, this.#record);
    const isStop = state === "running" || state === "waiting";
    const words = isStop ? gettext("Stop cell %(position)s") : gettext("Run cell %(position)s");
    const label = interpolate(words, { position: this.position });
    if (this.#runButton.getAttribute("aria-label") === label) return;
    this.#runButton.setAttribute("aria-label", label);
    this.#runButton.title = label;
    this.#runButton.replaceChildren(icon(isStop ? "stop" : "play"));
  }

  protected label(): string {
    const { type, role, position, number, state, errorName } = this;
    return cellLabel({ type, role, position, total: this.host.total, number, count: this.#record.count, state, errorName });
  }

  protected override onSourceChange(): void {
    this.refresh();
  }

  #set(record: RunRecord): void {
    this.#record = record;
    this.element.dataset["phase"] = record.phase; // at once, while what is seen may wait
    if (record.phase === "idle") this.refresh();
    else this.#calm.soon(() => this.refresh());
  }

  async #hasKernel(): Promise<boolean> {
    const stopped = new Promise<boolean>((resolve) => {
      this.#cancel = () => resolve(false);
    });
    try {
      return await Promise.race([this.host.kernel.start(), stopped]);
    } finally {
      this.#cancel = null;
    }
  }

  #handlers(area: OutputArea): ExecuteHandlers {
    const begin = (seconds = 0) => {
      if (this.#record.phase !== "running") this.#set({ ...this.#record, phase: "running", seconds });
    };
    return {
      onAgain: (seconds) => {
        area.cancelAsk();
        this.#forgetResults(area);
        begin(seconds);
      },
      onStart: () => begin(),
      onOutput: (output) => {
        begin();
        this.#outputs.hidden = false;
        if (output.output_type === "error") this.errorName = output.ename ?? "";
        area.add(output);
      },
      onClear: (wait) => area.clear(wait),
      onUpdateDisplay: (displayId, output) => this.host.onUpdateDisplay(displayId, output),
      onInput: (prompt, isPassword) => {
        this.#outputs.hidden = false;
        this.host.announce(interpolate(gettext("Cell %(position)s asks for input"), { position: this.position }));
        return area.ask(prompt, isPassword);
      },
    };
  }

  #forgetResults(area: OutputArea): void {
    this.errorName = "";
    area.renew();
  }

  #end(area: OutputArea, ran: string, result: ExecuteResult): boolean {
    area.cancelAsk();
    area.settle();
    this.#set({
      phase: "idle",
      outcome: outcomeOfRun(result, this.errorName),
      ran,
      isEarlier: false,
      count: result.executionCount,
      seconds: result.seconds,
    });
    this.#outputs.hidden = area.isEmpty;
    this.host.onRunEnd(this);
    return result.status === "ok";
  }

  #showArea(): OutputArea {
    this.#area ??= createOutputArea({
      kernel: this.host.kernel,
      scriptFrameUrl: this.host.boot.urls.script_frame,
      onTraceLink: (count, line) => this.host.onTraceLink(this, count, line),
    });
    if (!this.#area.element.parentElement) this.#outputs.append(this.#area.element);
    return this.#area;
  }
}
