/** What is to run, one after the other; a failure empties it. */

export interface Job {
  /** Resolves true when what follows may run. Never rejects. */
  run(): Promise<boolean>;
  /** It stands in the queue now. */
  onQueued(): void;
  /** It will not run after all. */
  onDropped(): void;
}

interface Batch {
  left: number;
  settle(ok: boolean): void;
}

export class RunQueue {
  #waiting: { job: Job; batch: Batch }[] = [];
  #running: Job | null = null;

  /** Called whenever something begins or the queue has become empty. */
  constructor(private readonly onChange: () => void = () => {}) {}

  get running(): Job | null {
    return this.#running;
  }

  get isEmpty(): boolean {
    return !this.#running && !this.#waiting.length;
  }

  get length(): number {
    return this.#waiting.length;
  }

  has(job: Job): boolean {
    return this.#running === job || this.#waiting.some((one) => one.job === job);
  }

  /** Appends what is not there yet. Resolves true when all of it ran well, false at the first that did not. */
  add(jobs: readonly Job[]): Promise<boolean> {
    const fresh = jobs.filter((job) => !this.has(job));
    if (!fresh.length) return Promise.resolve(true);
    return new Promise((settle) => {
      const batch = { left: fresh.length, settle };
      for (const job of fresh) {
        this.#waiting.push({ job, batch });
        job.onQueued();
      }
      if (!this.#running) void this.#go();
    });
  }

  /** Takes one out that has not begun. */
  remove(job: Job): boolean {
    const at = this.#waiting.findIndex((one) => one.job === job);
    const [found] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (!found) return false;
    found.job.onDropped();
    found.batch.left -= 1;
    if (!found.batch.left) found.batch.settle(true);
    this.onChange();
    return true;
  }

  /** Forgets what has not begun. */
  clear(): void {
    const dropped = this.#waiting.splice(0);
    for (const { job, batch } of dropped) {
      job.onDropped();
      batch.settle(false);
    }
    if (dropped.length) this.onChange();
  }

  async #go(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      this.#running = next.job;
      this.onChange();
      const ok = await next.job.run();
      this.#running = null;
      next.batch.left -= 1;
      if (!ok) {
        next.batch.settle(false);
        this.clear();
      } else if (!next.batch.left) next.batch.settle(true);
    }
    this.onChange();
  }
}
