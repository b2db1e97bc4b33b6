import { Graphics, classesOf } from "./colours";

/** Characters of one output that are kept: its last ones. */
export const KEPT_CHARACTERS = 100_000;
/** Text that is still to be read when more than this waits is not read at all, but for its end. */
const READ_AT_ONCE = 600_000;
const LONGEST_ESCAPE = 4_096;

/** `styles` has a character per character of `text`, the number of its style; "" says that all is plain. */
interface Line {
  text: string;
  styles: string;
}

/** Part of a line in one style. */
export interface Run {
  text: string;
  classes: string;
}

const SPECIAL = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/g;
const CONTROL_SEQUENCE = /\x1b\[([0-9:;<=>?]*)[ -/]*([@-~])/y;
const COMMAND_STRING = /\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)/y; // OSC 8 links among them: their text stays
const OTHER_ESCAPE = /\x1b[ -/]*[0-Z\\`-~]/y;
const UNFINISHED = /\x1b(?:\[[0-9:;<=>? -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)?$/;

/**
 * A terminal without a screen: reads text with carriage returns, backspaces, colours and the moves that progress
 * bars use, and keeps the last lines. Unknown escape sequences are left out.
 */
export class Terminal {
  readonly lines: Line[] = [{ text: "", styles: "" }];
  /** Lines that fell out at the front. */
  dropped = 0;
  /** Whether any text did. */
  isCut = false;
  private row = 0; // in `lines`
  private column = 0;
  private characters = 1; // with an end for each line
  private rest = "";
  private changed = 0; // the first line (counted from the very first) that changed since `takeChanged`
  private readonly graphics = new Graphics();
  private readonly styles: string[] = [""];
  private style = 0;

  write(text: string): void {
    let input = this.rest + text;
    this.rest = "";
    if (input.length > READ_AT_ONCE) {
      input = input.slice(input.indexOf("\n", input.length - READ_AT_ONCE / 2) + 1).slice(-READ_AT_ONCE);
      this.isCut = true;
    }
    const unfinished = UNFINISHED.exec(input.slice(-LONGEST_ESCAPE));
    if (unfinished?.[0]) {
      this.rest = unfinished[0];
      input = input.slice(0, input.length - this.rest.length);
    }
    this.read(input);
    this.trim();
  }

  /** The number of the first line that changed since the last call, counted with those that fell out. */
  takeChanged(): number {
    const changed = Math.max(this.dropped, this.changed);
    this.changed = this.dropped + this.lines.length;
    return changed;
  }

  runs(line: number): Run[] {
    const { text, styles } = this.lines[line] ?? { text: "", styles: "" };
    if (!styles) return text ? [{ text, classes: "" }] : [];
    return this.split(text, styles).map(({ text: part, key }) => ({ text: part, classes: classesOf(key) }));
  }

  /** All of it without colours. */
  get text(): string {
    return this.lines.map((line) => line.text).join("\n");
  }

  /** All of it as text that gives the same again when it is written. */
  get source(): string {
    return this.lines.map(({ text, styles }) => (styles ? this.paint(text, styles) : text)).join("\n");
  }

  private paint(text: string, styles: string): string {
    return this.split(text, styles)
      .map(({ text: part, key }) => (key ? `\x1b[${key}m${part}\x1b[0m` : part))
      .join("");
  }

  private split(text: string, styles: string): { text: string; key: string }[] {
    const parts = [];
    for (let from = 0; from < text.length; ) {
      const style = styles.charCodeAt(from);
      let to = from + 1;
      while (to < text.length && styles.charCodeAt(to) === style) to += 1;
      parts.push({ text: text.slice(from, to), key: this.styles[style] ?? "" });
      from = to;
    }
    return parts;
  }

  private read(input: string): void {
    let at = 0;
    while (at < input.length) {
      SPECIAL.lastIndex = at;
      const special = SPECIAL.exec(input)?.index ?? input.length;
      if (special > at) this.put(input.slice(at, special));
      at = special < input.length ? this.obey(input, special) : special;
    }
  }

  /** Does what the control character says; answers where reading goes on. */
  private obey(input: string, at: number): number {
    const character = input[at];
    if (character === "\n") this.newLine();
    else if (character === "\r") this.column = 0;
    else if (character === "\b") this.column = Math.max(0, this.column - 1);
    else if (character === "\x1b") return this.escape(input, at);
    return at + 1;
  }

  private escape(input: string, at: number): number {
    CONTROL_SEQUENCE.lastIndex = COMMAND_STRING.lastIndex = OTHER_ESCAPE.lastIndex = at;
    const sequence = CONTROL_SEQUENCE.exec(input);
    if (sequence) {
      this.control(sequence[1] ?? "", sequence[2] ?? "");
      return CONTROL_SEQUENCE.lastIndex;
    }
    if (COMMAND_STRING.test(input)) return COMMAND_STRING.lastIndex;
    if (OTHER_ESCAPE.test(input)) return OTHER_ESCAPE.lastIndex;
    return at + 1;
  }

  private control(parameters: string, command: string): void {
    const count = Math.min(10_000, Math.max(1, parseInt(parameters, 10) || 1));
    if (command === "m") this.changeStyle(parameters);
    else if (command === "A") this.row = Math.max(0, this.row - count);
    else if (command === "B") this.row = Math.min(this.lines.length - 1, this.row + count);
    else if (command === "C") this.column = Math.min(1_000, this.column + count);
    else if (command === "D") this.column = Math.max(0, this.column - count);
    else if (command === "G") this.column = Math.min(1_000, count - 1);
    else if (command === "K") this.eraseLine(parseInt(parameters, 10) || 0);
  }

  private changeStyle(parameters: string): void {
    this.graphics.apply(parameters);
    const key = this.graphics.key;
    this.style = this.styles.indexOf(key);
    if (this.style < 0) this.style = this.styles.push(key) - 1;
  }

  private eraseLine(mode: number): void {
    const line = this.touch();
    const before = line.text.length;
    if (mode === 0) this.set(line, line.text.slice(0, this.column), line.styles.slice(0, this.column));
    else if (mode === 2) this.set(line, "", "");
    else {
      const blank = Math.min(this.column + 1, before);
      this.set(line, " ".repeat(blank) + line.text.slice(blank), line.styles && "\0".repeat(blank) + line.styles.slice(blank));
    }
    this.characters += line.text.length - before;
  }

  private newLine(): void {
    this.touch();
    this.row += 1;
    this.column = 0;
    if (this.row < this.lines.length) return;
    this.lines.push({ text: "", styles: "" });
    this.characters += 1;
  }

  /** Writes over what stands at the cursor, and beyond it. */
  private put(text: string): void {
    const line = this.touch();
    const before = line.text.length;
    const column = this.column;
    if (column > before) this.set(line, line.text.padEnd(column), line.styles && line.styles.padEnd(column, "\0"));
    if (this.style && !line.styles) line.styles = "\0".repeat(line.text.length);
    const styles = line.styles || this.style ? String.fromCharCode(this.style).repeat(text.length) : "";
    const end = column + text.length;
    if (column === line.text.length) this.set(line, line.text + text, line.styles + styles);
    else {
      this.set(
        line,
        line.text.slice(0, column) + text + line.text.slice(end),
        line.styles && line.styles.slice(0, column) + styles + line.styles.slice(end),
      );
    }
    this.column = end;
    this.characters += line.text.length - before;
  }

  private set(line: Line, text: string, styles: string): void {
    line.text = text;
    line.styles = styles;
  }

  private touch(): Line {
    this.changed = Math.min(this.changed, this.dropped + this.row);
    return this.lines[this.row]!;
  }

  private trim(): void {
    let lines = 0;
    while (this.characters > KEPT_CHARACTERS && lines < this.lines.length - 1) {
      this.characters -= this.lines[lines]!.text.length + 1;
      lines += 1;
    }
    if (lines) {
      this.lines.splice(0, lines);
      this.dropped += lines;
      this.row = Math.max(0, this.row - lines);
      this.isCut = true;
    }
    const first = this.lines[0]!;
    if (this.characters <= KEPT_CHARACTERS) return;
    const over = this.characters - KEPT_CHARACTERS;
    this.set(first, first.text.slice(over), first.styles.slice(over));
    this.characters -= over;
    this.column = Math.max(0, this.row === 0 ? this.column - over : this.column);
    this.changed = Math.min(this.changed, this.dropped);
    this.isCut = true;
  }
}
