/** Messages that stay until they are closed, or replaced by one of the same name. */
import { gettext } from "../i18n";
import { element } from "../render/element";
import { button } from "./button";
import { icon, type IconName } from "./icons";

export type Tone = "info" | "warning" | "error";
export interface Action {
  label: string;
  act(): void;
}

const SIGNS: Readonly<Record<Tone, IconName>> = { info: "info", warning: "warning", error: "bolt" };

export class Banners {
  readonly element = element("div", "nb-banners");
  readonly #shown = new Map<string, HTMLElement>();

  /** `onFocusLost`: a message went that had the focus. */
  constructor(private readonly onFocusLost: () => void) {}

  /** Returns whether its words are news. The same words again may come with other actions. */
  show(name: string, text: string, actions: readonly Action[], tone: Tone): boolean {
    const old = this.#shown.get(name);
    const isNews = old?.querySelector("p")?.textContent !== text;
    if (!isNews && !actions.length) return false;
    const hadFocus = hasFocus(old);
    const made = this.#build(name, text, actions, tone);
    if (old) old.replaceWith(made);
    else this.element.append(made);
    this.#shown.set(name, made);
    if (hadFocus) made.querySelector("button")?.focus({ preventScroll: true });
    return isNews;
  }

  close(name: string): void {
    const old = this.#shown.get(name);
    const hadFocus = hasFocus(old);
    old?.remove();
    this.#shown.delete(name);
    if (hadFocus) this.onFocusLost();
  }

  #build(name: string, text: string, actions: readonly Action[], tone: Tone): HTMLElement {
    const buttons = actions.map(({ label, act }) => button({ label, className: "is-small", onPress: act }));
    const close = button({
      label: gettext("Close this message"),
      icon: "cross",
      iconOnly: true,
      className: "is-quiet nb-icon-button",
      onPress: () => this.close(name),
    });
    const words = element("div", "nb-banner-words", [element("p", "", text), element("div", "cluster", buttons)]);
    return element("div", `banner is-${tone}`, [icon(SIGNS[tone]), words, close], { "data-banner": name });
  }
}

function hasFocus(banner: HTMLElement | undefined): boolean {
  return banner?.contains(document.activeElement) ?? false;
}
