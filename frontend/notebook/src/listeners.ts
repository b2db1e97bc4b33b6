import type { Unsubscribe } from "./types";

/** Those who want to hear of something. What one of them does wrong must not stop whoever tells them. */
export class Listeners<Heard extends unknown[]> {
  private readonly all = new Set<(...heard: Heard) => void>();

  add(listener: (...heard: Heard) => void): Unsubscribe {
    this.all.add(listener);
    return () => this.all.delete(listener);
  }

  tell(...heard: Heard): void {
    for (const listener of [...this.all]) tell(() => listener(...heard));
  }
}

export function tell(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    console.error(error);
  }
}
