/** What saving looks like: the pill, and banners for what the learner must decide. */
import { gettext, interpolate } from "../i18n";
import type { Boot, SaveState, Store } from "../types";
import type { Action, Tone } from "./banners";
import { Pill, type PillTone } from "./pill";

type ShowBanner = (name: string, text: string, actions: Action[], tone: Tone) => void;

export class SaveNotices {
  readonly pill = new Pill(gettext("Your text"));
  #store: Store | null = null;

  constructor(
    private readonly boot: Boot,
    private readonly banner: ShowBanner,
    private readonly close: (name: string) => void,
  ) {
    if (boot.saved_at) this.pill.show(gettext("Saved"), "good", savedTitle(boot.saved_at));
    else this.pill.show(gettext("Nothing written yet"), "quiet");
  }

  use(store: Store): void {
    this.#store = store;
    store.onState((state) => this.#show(state));
    store.onOtherTab((isOpen) => this.#onOtherTab(isOpen));
    if (store.state !== "saved") this.#show(store.state);
  }

  #show(state: SaveState): void {
    const store = this.#store as Store;
    const [words, tone] = saveWords(state);
    this.pill.show(words, tone, savedTitle(store.savedAt));
    if (state === "saving" || state === "unsaved") return;
    if (state === "conflict") return this.#askWhich(store);
    const again = { label: gettext("Save again"), act: () => void store.saveNow() };
    if (state === "not-saved") {
      return this.banner("save", gettext("Not saved: the line is down. A copy is kept in this browser, and saving is tried again by itself."), [again], "warning");
    }
    if (state === "refused") return this.banner("save", store.detail || gettext("The server did not take this text."), [again], "error");
    if (state === "signed-out") {
      const signIn = { label: gettext("Sign in"), act: () => window.open(this.boot.urls.login, "_blank", "noopener") };
      return this.banner("save", gettext("Not saved: you are signed out. Sign in in another tab, then save again; nothing is lost."), [signIn, again], "error");
    }
    this.close("save");
  }

  #askWhich(store: Store): void {
    this.banner(
      "save",
      gettext("This exercise was changed in another tab or on another device. Which version shall be kept? The other one stays in the history."),
      [
        { label: gettext("Load that version"), act: () => void store.loadTheirs() },
        { label: gettext("Keep mine"), act: () => void store.keepMine() },
      ],
      "warning",
    );
  }

  #onOtherTab(isOpen: boolean): void {
    if (!isOpen) return this.close("other-tab");
    this.banner("other-tab", gettext("This exercise is open in another tab, too. Write in one of them only."), [], "warning");
  }
}

export function saveWords(state: SaveState): [string, PillTone] {
  switch (state) {
    case "saved":
      return [gettext("Saved"), "good"];
    case "unsaved":
      return [gettext("Unsaved changes"), "quiet"];
    case "saving":
      return [gettext("Saving…"), "busy"];
    case "conflict":
      return [gettext("Not saved: changed elsewhere"), "bad"];
    default:
      return [gettext("Not saved"), "bad"];
  }
}

function savedTitle(savedAt: string | null): string {
  if (!savedAt) return "";
  const time = new Date(savedAt).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return interpolate(gettext("Last saved at %(time)s"), { time });
}
