/** Positions in a text: JavaScript counts UTF-16 units, Python (and so the kernel) counts code points. */

/** Code points before the UTF-16 offset. An offset inside a surrogate pair counts the pair. */
export function toCodePoints(text: string, offset: number): number {
  let count = 0;
  for (let at = 0; at < offset && at < text.length; count += 1) at += unitsAt(text, at);
  return count;
}

/** The UTF-16 offset after so many code points, at most the text's end. */
export function toUnits(text: string, codePoints: number): number {
  let at = 0;
  for (let left = codePoints; left > 0 && at < text.length; left -= 1) at += unitsAt(text, at);
  return at;
}

function unitsAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
