/** The graphics state of terminal text (SGR), as a canonical key that names classes and can be written out again. */

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;
const ON: Readonly<Record<number, string>> = { 1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 9: "strike" };
const OFF: Readonly<Record<number, number[]>> = { 21: [1], 22: [1, 2], 23: [3], 24: [4], 27: [7], 29: [9] };
const LEVELS = [0, 95, 135, 175, 215, 255];

/** What is in force: codes such as 1 or 31, of each kind at most one. "" is plain text. */
export class Graphics {
  private readonly marks = new Set<number>();
  private front = 0; // 30…37, 90…97
  private back = 0; // 40…47, 100…107

  get key(): string {
    const codes = [...this.marks].sort((a, b) => a - b);
    if (this.front) codes.push(this.front);
    if (this.back) codes.push(this.back);
    return codes.join(";");
  }

  /** Takes the numbers of one `ESC [ … m`. */
  apply(parameters: string): void {
    const codes = parameters.split(/[;:]/, 64).map((code) => Number(code) || 0);
    for (let at = 0; at < codes.length; at += 1) {
      const code = codes[at]!;
      if (code === 38 || code === 48) at += this.applyExtended(code, codes.slice(at + 1, at + 5));
      else this.applyOne(code);
    }
  }

  private applyOne(code: number): void {
    if (code === 0) {
      this.marks.clear();
      this.front = this.back = 0;
    } else if (ON[code]) this.marks.add(code);
    else if (OFF[code]) OFF[code].forEach((mark) => this.marks.delete(mark));
    else if (code === 39) this.front = 0;
    else if (code === 49) this.back = 0;
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) this.front = code;
    else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) this.back = code;
  }

  /** `5;n` or `2;r;g;b` after 38 or 48; answers how many numbers it took. */
  private applyExtended(code: number, rest: number[]): number {
    const [kind, first = 0, second = 0, third = 0] = rest;
    if (kind !== 5 && kind !== 2) return 0;
    const basic = kind === 5 ? basicOfIndex(first) : basicOfRgb(first, second, third);
    const of16 = (basic < 8 ? 30 + basic : 82 + basic) + (code === 48 ? 10 : 0);
    this.applyOne(of16);
    return kind === 5 ? 2 : 4;
  }
}

/** The classes of a key; the same names as the server's. */
export function classesOf(key: string): string {
  if (!key) return "";
  return key
    .split(";")
    .map((code) => className(Number(code)))
    .join(" ");
}

function className(code: number): string {
  if (ON[code]) return `ansi-${ON[code]}`;
  const isBack = (code >= 40 && code < 50) || code >= 100;
  const isIntense = code >= 90;
  return `ansi-${NAMES[code % 10]}${isIntense ? "-intense" : ""}-${isBack ? "bg" : "fg"}`;
}

function basicOfIndex(index: number): number {
  if (index < 16) return Math.max(0, index);
  if (index > 231) return basicOfRgb(...grey(8 + (index - 232) * 10));
  const cube = index - 16;
  const level = (step: number) => LEVELS[Math.floor(cube / step) % 6] ?? 0;
  return basicOfRgb(level(36), level(6), level(1));
}

function grey(level: number): [number, number, number] {
  return [level, level, level];
}

/** The nearest of the sixteen colours that the page has in two themes; others could not be read in both. */
function basicOfRgb(red: number, green: number, blue: number): number {
  const most = Math.max(red, green, blue);
  const least = Math.min(red, green, blue);
  if (most - least < 40) return most < 60 ? 0 : most < 150 ? 8 : most < 220 ? 7 : 15;
  const middle = (most + least) / 2;
  const hue = (red > middle ? 1 : 0) + (green > middle ? 2 : 0) + (blue > middle ? 4 : 0);
  return hue + (most > 200 ? 8 : 0);
}
