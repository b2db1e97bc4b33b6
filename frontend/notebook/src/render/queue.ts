/** Most time that outputs may take of one frame; the rest of it is the page's. */
const FRAME_MILLISECONDS = 10;

/**
 * Work in its order, spread over animation frames: the first is done at once, what comes in the same frame waits
 * for the next, and no frame is held longer than a few milliseconds.
 */
export class FrameQueue {
  private readonly waiting: (() => void)[] = [];
  private next = 0; // index of the first that waits
  private isPaused = false;

  /** `settled` is called after each batch. */
  constructor(private readonly settled: () => void) {}

  push(work: () => void): void {
    this.waiting.push(work);
    if (!this.isPaused) this.run(FRAME_MILLISECONDS);
  }

  /** Does all that waits, now. */
  drain(): void {
    if (this.next < this.waiting.length) this.run(Infinity);
  }

  /** Forgets what waits. */
  clear(): void {
    this.waiting.length = this.next = 0;
  }

  private run(milliseconds: number): void {
    const end = performance.now() + milliseconds;
    for (let done = 0; this.next < this.waiting.length; done += 1) {
      if (done % 16 === 15 && performance.now() > end) break;
      this.waiting[this.next++]!();
    }
    if (this.next === this.waiting.length) this.clear();
    this.settled();
    this.pause();
  }

  private pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    const resume = (): void => {
      this.isPaused = false;
      if (this.waiting.length) this.run(FRAME_MILLISECONDS);
    };
    if (document.hidden) setTimeout(resume, 200); // a hidden page gets no frames
    else requestAnimationFrame(resume);
  }
}
