/** Runs something a little after the last wish, yet not later than so long after the first one. */
export class Deadline {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private latest = 0;

  constructor(
    private readonly pauseSeconds: number,
    private readonly longestSeconds: number,
    private readonly act: () => void,
  ) {}

  get waiting(): boolean {
    return this.timer !== undefined;
  }

  wish(): void {
    const now = Date.now();
    if (!this.waiting) this.latest = now + this.longestSeconds * 1000;
    this.set(Math.min(now + this.pauseSeconds * 1000, this.latest) - now);
  }

  /** Not sooner, not later; a wish in between does not bring it forward. */
  in(seconds: number): void {
    this.latest = Date.now() + seconds * 1000;
    this.set(seconds * 1000);
  }

  cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private set(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.act();
    }, milliseconds);
  }
}
