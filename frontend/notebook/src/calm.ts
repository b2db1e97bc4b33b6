/** What begins is shown a moment later: most runs are over by then, and nothing flickers on the way. */
const MILLISECONDS = 100;

export class Calm {
  #timer: ReturnType<typeof setTimeout> | undefined;

  get isWaiting(): boolean {
    return this.#timer !== undefined;
  }

  /** In a moment, unless it is forgotten by then. A second wish does not put the first one off. */
  soon(act: () => void): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      act();
    }, MILLISECONDS);
  }

  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
