/** The bar that stays in view: run, stop, restart, how it stands, and places for other parts' buttons. */
import { Calm } from "../calm";
import { gettext } from "../i18n";
import { element } from "../render/element";
import { button } from "./button";
import { type MenuItem, toggleMenu } from "./menu";

const CLEAR_AFTER_MS = 250;

export interface ToolbarOptions {
  pills: HTMLElement[];
  banners: HTMLElement;
  root: HTMLElement;
  menu(): MenuItem[];
  onRunAll(): void;
  onStop(): void;
  onRestart(): void;
  onRestartAndRunAll(): void;
  onHelp(): void;
}

export class Toolbar {
  readonly element: HTMLElement;
  /** For the buttons of other parts. */
  readonly slot = element("div", "nb-slot");
  readonly #stop: HTMLButtonElement;
  readonly #calm = new Calm();

  constructor(options: ToolbarOptions) {
    this.#stop = button({ label: gettext("Stop"), icon: "stop", className: "nb-tool", onPress: options.onStop });
    this.setBusy(false);
    const buttons = element("div", "nb-tools", [
      button({ label: gettext("Run all"), icon: "runAll", className: "nb-tool nb-run-all", onPress: options.onRunAll }),
      this.#stop,
      button({ label: gettext("Restart"), icon: "restart", className: "nb-tool", onPress: options.onRestart }),
      button({
        label: gettext("Restart and run all"),
        icon: "runAll",
        className: "nb-tool is-on-wide",
        title: gettext("As the grading does it: from a fresh start, from top to bottom"),
        onPress: options.onRestartAndRunAll,
      }),
      this.#more(options),
      button({ label: gettext("Keys"), icon: "question", iconOnly: true, className: "is-quiet nb-icon-button nb-help-button", onPress: options.onHelp }),
    ]);
    const status = element("div", "nb-pills", options.pills);
    const row = element("div", "nb-bar-row", [buttons, this.slot, status]);
    this.element = element("div", "nb-bar", [row, options.banners], { role: "group", "aria-label": gettext("The whole notebook") });
    keepClear(this.element);
  }

  setBusy(isBusy: boolean): void {
    // Focus must not fall to the page when the last cell ends, so the button is not disabled for good.
    const show = () => this.#stop.setAttribute("aria-disabled", String(!isBusy));
    this.#calm.forget();
    if (isBusy) this.#calm.soon(show);
    else show();
  }

  #more(options: ToolbarOptions): HTMLElement {
    const more = button({
      label: gettext("More about the notebook"),
      icon: "more",
      iconOnly: true,
      className: "is-quiet nb-icon-button",
      onPress: () => toggleMenu(more, gettext("The whole notebook"), options.menu(), options.root),
    });
    more.setAttribute("aria-haspopup", "menu");
    return more;
  }
}

/** What is scrolled to must not end up under the bar, however high its messages make it. */
function keepClear(bar: HTMLElement): void {
  if (typeof ResizeObserver === "undefined") return;
  const keep = () => {
    const height = getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0;
    document.documentElement.style.scrollPaddingBlockStart = `calc(${height}px + var(--space-3))`;
  };
  let planned: ReturnType<typeof setTimeout> | undefined;
  // The browser styles the whole page anew for it: not in the frame that shows the notebook, unless it scrolls there.
  new ResizeObserver(() => {
    clearTimeout(planned);
    planned = setTimeout(keep, location.hash ? 0 : CLEAR_AFTER_MS);
  }).observe(bar);
}
