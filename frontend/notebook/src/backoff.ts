/** Longer pauses each time, and never the same for everybody: a server that comes back is not run over. */
export class BackOff {
  private tries = 0;

  constructor(
    private readonly firstSeconds: number,
    private readonly longestSeconds: number,
    private readonly random: () => number,
  ) {}

  next(): number {
    const longest = Math.min(this.firstSeconds * 2 ** this.tries++, this.longestSeconds);
    return longest * (0.5 + this.random() / 2);
  }

  reset(): void {
    this.tries = 0;
  }
}
