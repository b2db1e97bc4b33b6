/** The bar that stays in view: run, stop, restart, how it stands, and places for other parts' buttons. */
import { gettext } from "../i18n";
import { element } from "../render/element";
import { button } from "./button";
import { type MenuItem, toggleMenu } from "./menu";

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
  readonly slot = element("div", "nb-slot cluster");
  readonly #stop: HTMLButtonElement;

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
      button({ label: gettext("Keys"), icon: "question", iconOnly: true, className: "is-quiet nb-icon-button", onPress: options.onHelp }),
      this.slot,
    ]);
    const status = element("div", "nb-pills", options.pills);
    this.element = element("div", "nb-bar", [element("div", "nb-bar-row", [buttons, status]), options.banners], {
      role: "group",
      "aria-label": gettext("The whole notebook"),
    });
  }

  setBusy(isBusy: boolean): void {
    // Focus must not fall to the page when the last cell ends, so the button is not disabled for good.
    this.#stop.setAttribute("aria-disabled", String(!isBusy));
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
