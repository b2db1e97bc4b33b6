/** A value that this tab keeps through reloads. */
export class TabItem<Value> {
  constructor(
    private readonly key: string,
    private readonly isValid: (value: unknown) => value is Value,
    private readonly storage: Storage | null,
  ) {}

  /** Where the browser has no room, or forbids it, nothing is kept: no old value either. */
  keep(value: Value): void {
    try {
      this.storage?.setItem(this.key, JSON.stringify(value));
    } catch {
      this.forget();
    }
  }

  forget(): void {
    try {
      this.storage?.removeItem(this.key);
    } catch {
      // as above
    }
  }

  /** Null where there is none, or it is not what we once wrote. */
  read(): Value | null {
    try {
      const value: unknown = JSON.parse(this.storage?.getItem(this.key) ?? "null");
      return this.isValid(value) ? value : null;
    } catch {
      return null;
    }
  }
}

/** This tab's storage; null where the browser forbids it. */
export function tabStorage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
