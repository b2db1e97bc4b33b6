/** Results of checks as elements that grow as results come in. */
import { gettext, interpolate, ngettext } from "../i18n";
import { icon, type IconName } from "../notebook/icons";
import { element } from "../render/element";
import type { Result, Stumble } from "./server";
import { number, verdictWord } from "./words";

const ICONS: Readonly<Record<string, IconName>> = {
  passed: "check",
  failed: "cross",
  error: "bolt",
  not_attempted: "blank",
  time_limit: "clock",
  forbidden: "hand",
};
const TONES: Readonly<Record<string, string>> = { passed: "is-pass", failed: "is-fail", error: "is-fail", not_attempted: "" };

/** Icon and word. */
export function badge(verdict: string): HTMLElement {
  const look = `badge ${TONES[verdict] ?? "is-warn"}`.trim();
  return element("span", look, [icon(ICONS[verdict] ?? "warning"), verdictWord(verdict)]);
}

/** All that is known of one result: verdict, message, smallest failing input, hints one by one. */
export function resultItem(result: Result): HTMLElement {
  const item = element("li", `check-result is-${result.verdict}`);
  const words = ngettext("%(points)s of %(most)s point", "%(points)s of %(most)s points", result.max_points);
  const points = interpolate(words, {
    points: number(result.points),
    most: number(result.max_points),
  });
  const line = element("p", "check-result-line", [badge(result.verdict), element("strong", "", result.title)]);
  if (result.max_points) line.append(element("span", "check-result-points", points));
  item.append(line);
  if (result.message) item.append(element("p", "check-result-message", result.message));
  if (result.example) item.append(example(result.example));
  if (!result.passed && result.hints.length) item.append(hintLadder(result));
  return item;
}

function example(text: string): HTMLElement {
  const label = gettext("An input that shows it");
  const shown = element("pre", "", text, { tabindex: "0", role: "region", "aria-label": label });
  return element("figure", "check-result-example", [element("figcaption", "", label), shown]);
}

/** From a nudge to nearly the answer; each rung only when it is asked for. */
function hintLadder(result: Result): HTMLElement {
  const rungs = element("ol", "check-result-hints");
  const button = element("button", "button is-small is-quiet", "", { type: "button" });
  const ladder = element("div", "check-result-ladder", [rungs, button]);
  name();
  button.addEventListener("click", () => {
    const rung = element("li", "", result.hints[rungs.children.length] ?? "", { tabindex: "-1" });
    rungs.append(rung);
    name(); // first: what is hidden takes no focus
    rung.focus();
  });
  return ladder;

  function name(): void {
    const left = result.hints.length - rungs.children.length;
    rungs.hidden = !rungs.children.length;
    button.hidden = !left;
    const text = ngettext("Show a hint (%(left)s left)", "Show a hint (%(left)s left)", left);
    button.textContent = interpolate(text, { left });
    button.setAttribute("aria-label", `${button.textContent}: ${result.title}`);
  }
}

/** A cell that did not run to its end where results come from. */
export function stumbleItem(stumble: Stumble): HTMLElement {
  const line = element("p", "check-result-line", [
    badge(stumble.verdict),
    element("strong", "", gettext("Run from the top in a fresh Python, this cell fails")),
  ]);
  const item = element("li", `check-result is-${stumble.verdict}`, [line]);
  const what = stumble.message;
  // Of an error, its name and message; of a limit, the end of a sentence about the cell.
  const text = stumble.verdict === "error" ? what.replace(/: $/, "") : interpolate(gettext("This cell %(what)s."), { what });
  if (what) item.append(element("p", "check-result-message", text));
  return item;
}

/** A list that keeps what stands in it: a new state only adds or replaces what changed, so that opened hints stay. */
export class ResultList {
  readonly element = element("ul", "checks-results");
  private readonly shown = new Map<string, { value: string; item: HTMLElement }>();

  show(entries: { key: string; value: unknown; make: () => HTMLElement }[]): void {
    const wanted = new Set(entries.map((entry) => entry.key));
    for (const [key, { item }] of this.shown) {
      if (wanted.has(key)) continue;
      item.remove();
      this.shown.delete(key);
    }
    for (const { key, value, make } of entries) {
      const text = JSON.stringify(value);
      const earlier = this.shown.get(key);
      if (earlier?.value === text) continue;
      const item = make();
      if (earlier) earlier.item.replaceWith(item);
      else this.element.append(item);
      this.shown.set(key, { value: text, item });
    }
  }
}
