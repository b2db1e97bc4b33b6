import { gettext } from "../i18n";
import type { Output } from "../types";
import { renderBundle, cutNotice, type BundleOptions } from "./bundle";
import { copyButton } from "./copy";
import { element, notice } from "./element";
import { renderFailure, type TraceLink } from "./failure";
import { isAtEnd, scrolling } from "./scroll";
import { Terminal } from "./terminal";
import { TerminalView } from "./terminal-view";
import { toRecord, toText } from "./text";

/** One output on the page. */
export interface Item {
  readonly element: HTMLElement;
  /** As it may be kept, or null if it may not. */
  output(): Output | null;
}

/** What a program printed: neighbouring messages of one stream are one text. */
export class StreamItem implements Item {
  readonly element: HTMLElement;
  private readonly terminal = new Terminal();
  private readonly view: TerminalView;
  private readonly box: HTMLElement;
  private cut: HTMLElement | null = null;

  constructor(readonly name: "stdout" | "stderr") {
    this.view = new TerminalView(this.terminal, "output-plain");
    this.box = scrolling(this.view.element, gettext("Printed text, scrolls"));
    const text = element("div", "output-text output-stream", [this.box, copyButton(() => this.terminal.text)]);
    this.element = element("div", `output-item is-${name}`, [text]);
    if (name === "stderr") this.element.prepend(element("span", "visually-hidden", gettext("Warning or message:")));
  }

  append(text: string): void {
    this.terminal.write(text);
  }

  /** Shows what was appended. */
  render(): void {
    const follows = isAtEnd(this.box);
    this.view.render();
    if (follows) this.box.scrollTop = this.box.scrollHeight;
    if (!this.terminal.isCut || this.cut) return;
    this.cut = cutNotice();
    this.element.prepend(this.cut);
  }

  output(): Output {
    return { output_type: "stream", name: this.name, text: this.terminal.source };
  }
}

/** Data that were displayed, or the value of a cell's last line. */
export class DisplayItem implements Item {
  readonly element: HTMLElement;
  readonly displayId: string | null;

  constructor(
    private shown: Output,
    private readonly options: BundleOptions,
  ) {
    this.displayId = toText(toRecord(shown.transient)["display_id"]);
    this.element = element("div", "output-item");
    this.update(shown);
  }

  update({ data, metadata }: Output): void {
    const { output_type, execution_count } = this.shown;
    this.shown = { output_type, execution_count, data, metadata };
    this.element.replaceChildren(renderBundle(this.shown, this.options));
  }

  output(): Output {
    return this.shown;
  }
}

/** An exception that ended the run. */
export class FailureItem implements Item {
  readonly element: HTMLElement;

  constructor(
    private readonly shown: Output,
    onTraceLink: TraceLink,
  ) {
    this.element = element("div", "output-item is-failure", [renderFailure(shown, onTraceLink)]);
  }

  output(): Output {
    return this.shown;
  }
}

/** A sentence of ours, which is not kept. */
export class NoticeItem implements Item {
  readonly element: HTMLElement;

  constructor(text: string) {
    this.element = element("div", "output-item", [notice(text)]);
  }

  output(): null {
    return null;
  }
}
