import { element } from "./element";
import type { Run, Terminal } from "./terminal";

const LINES = 200;

/** Shows a terminal's lines in blocks, so that only those are made anew in which something changed. */
export class TerminalView {
  readonly element: HTMLElement;
  private readonly blocks = new Map<number, HTMLElement>();
  private from = 0; // the first line that is shown

  constructor(
    private readonly terminal: Terminal,
    className: string,
  ) {
    this.element = element("pre", className);
  }

  render(): void {
    const { terminal } = this;
    const end = terminal.dropped + terminal.lines.length;
    const changed = blockOf(terminal.takeChanged());
    for (const [number, block] of this.blocks) {
      if ((number + 1) * LINES > terminal.dropped) continue;
      block.remove();
      this.blocks.delete(number);
    }
    const first = blockOf(terminal.dropped);
    if (terminal.dropped !== this.from && first < changed) this.fill(first, end);
    this.from = terminal.dropped;
    for (let number = changed; number * LINES < end; number += 1) this.fill(number, end);
  }

  private fill(number: number, end: number): void {
    const from = Math.max(this.terminal.dropped, number * LINES);
    const to = Math.min(end, (number + 1) * LINES);
    const parts: Node[] = [];
    let plain = "";
    const flush = (): void => {
      if (plain) parts.push(document.createTextNode(plain));
      plain = "";
    };
    for (let line = from; line < to; line += 1) {
      for (const run of this.terminal.runs(line - this.terminal.dropped)) {
        if (!run.classes) plain += run.text;
        else {
          flush();
          parts.push(span(run));
        }
      }
      if (line < end - 1) plain += "\n";
    }
    flush();
    this.block(number).replaceChildren(...parts);
  }

  private block(number: number): HTMLElement {
    const known = this.blocks.get(number);
    if (known) return known;
    const made = element("span", "output-block");
    this.blocks.set(number, made);
    this.element.append(made); // new blocks come at the end only
    return made;
  }
}

function blockOf(line: number): number {
  return Math.floor(line / LINES);
}

function span(run: Run): HTMLElement {
  return element("span", run.classes, run.text);
}
