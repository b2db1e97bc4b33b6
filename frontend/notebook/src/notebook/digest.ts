const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * A short name for a text, to see whether it has changed: FNV-1a with 32 bits over UTF-16 units
 * (Fowler, Noll, Vo; draft-eastlake-fnv), in base 36. Nothing secret depends on it.
 */
export function digest(text: string): string {
  let hash = OFFSET;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return (hash >>> 0).toString(36);
}
