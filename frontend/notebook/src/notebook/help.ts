/** The dialog that lists the keys and switches single letters off. */
import { gettext } from "../i18n";
import { element } from "../render/element";
import { button } from "./button";
import type { Command } from "./commands";
import { letters } from "./keyboard";

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

export class Help {
  #dialog: HTMLDialogElement | null = null;

  constructor(private readonly commands: readonly Command[]) {}

  open(): void {
    this.#dialog ??= this.#build();
    if (!this.#dialog.isConnected) document.body.append(this.#dialog);
    this.#dialog.showModal();
  }

  #build(): HTMLDialogElement {
    const title = element("h2", "", gettext("Keys"), { id: "nb-help-title" });
    const close = button({ label: gettext("Close"), onPress: () => dialog.close() });
    const dialog = element(
      "dialog",
      "nb-dialog nb-help",
      [
        element("div", "nb-dialog-head", [title, close]),
        element("p", "", gettext("A cell is either chosen or written in. Enter begins to write, Escape ends it.")),
        this.#table(gettext("Always"), "everywhere", [
          [["Tab"], gettext("Indent; right after a word: complete it")],
          [["Shift+Tab", "Mod+i"], gettext("Show documentation")],
          [["Mod+/"], gettext("Comment the line out, or in again")],
          [["Mod+]", "Mod+["], gettext("Indent the line more, or less")],
        ]),
        this.#table(gettext("On a chosen cell"), "cell", []),
        this.#switch(),
      ],
      { "aria-labelledby": title.id },
    );
    return dialog;
  }

  #table(caption: string, where: Command["where"], more: [string[], string][]): HTMLElement {
    const rows = this.commands
      .filter((command) => command.where === where && command.keys.length)
      .map((command): [string[], string] => [command.keys, command.words]);
    const lines = [...rows, ...more].map(([keys, words]) =>
      element("tr", "", [
        element("th", "", keys.flatMap((one, at) => [at ? " " : "", ...keyCaps(one)]), { scope: "row" }),
        element("td", "", words),
      ]),
    );
    return element("table", "nb-keys", [element("caption", "", caption), element("tbody", "", lines)]);
  }

  #switch(): HTMLElement {
    const box = element("input", "", [], { type: "checkbox", id: "nb-letters" });
    box.checked = letters.on;
    box.addEventListener("change", () => {
      letters.on = box.checked;
    });
    const label = element("label", "", gettext("Single letters act on a chosen cell"), { for: box.id });
    return element("p", "nb-switch", [box, label]);
  }
}

/** How the keys are written on this computer, as plain text. */
export function keyText(keys: string): string {
  return keys
    .split(" ")
    .map((one) =>
      one
        .replace("Mod+", IS_MAC ? "⌘ " : "Ctrl+")
        .replace("ArrowUp", "↑")
        .replace("ArrowDown", "↓")
        .replace("Escape", "Esc")
        .replace(/^(.*\+)?(\p{Ll})$/u, (_, before: string | undefined, letter: string) => (before ?? "") + letter.toUpperCase()),
    )
    .join(" ");
}

function keyCaps(keys: string): Node[] {
  return keys.split(" ").map((one) => element("kbd", "", keyText(one)));
}
