/** Tells the server that this browser has the notebook's script, so that the next page may wait for it with drawing. */
const DAY_SECONDS = 24 * 3600; // what a browser keeps for longer, it may have thrown away

export function remember(script: string): void {
  const name = new URL(script).pathname.split("/").pop() ?? "";
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `notebook=${name}; path=/exercises/; max-age=${DAY_SECONDS}; samesite=lax${secure}`;
}
