/** Reading values that may be anything: what a kernel sends is not to be trusted in shape or size. */

export type Unknown = Record<string, unknown>;

export function isRecord(value: unknown): value is Unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function toRecord(value: unknown): Unknown {
  return isRecord(value) ? value : {};
}

/** A text, or nbformat's list of lines as one; null for all else. */
export function toText(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((part) => typeof part === "string")) return value.join("");
  return null;
}

/** A whole number within bounds, also from digits; null for all else. */
export function toWhole(value: unknown, least: number, most: number): number | null {
  const number = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) return null;
  return Math.min(most, Math.max(least, Math.round(number)));
}

/** Without halves of surrogate pairs, at which `encodeURIComponent` throws. */
export function toWellFormed(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD");
}

/** The first so many characters, never half of a pair, with an ellipsis where some are missing. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text : toWellFormed(text.slice(0, most)).replace(/\uFFFD$/, "") + "…";
}

export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
