/** What the kernel's states look like: the pill, and a banner where something must be said. */
import { Calm } from "../calm";
import { gettext, interpolate } from "../i18n";
import type { Kernel, KernelBoot, KernelDetail, KernelState } from "../types";
import type { Action, Tone } from "./banners";
import { Pill, type PillTone } from "./pill";

export interface Notice {
  text: string;
  tone: Tone;
  actions?: Action[];
}

type ShowBanner = (name: string, text: string, actions: Action[], tone: Tone) => void;

const PATIENCE_MS = 2500; // a line that is back by then needs no words

export class KernelNotices {
  readonly pill = new Pill(gettext("Python"));
  readonly #calm = new Calm();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Why Python is a fresh one: stays to be read until the next run. */
  #kept: Notice | null = null;

  constructor(
    private readonly kernel: Kernel,
    private readonly boot: KernelBoot,
    private readonly banner: ShowBanner,
    private readonly close: (name: string) => void,
  ) {
    kernel.onState((state, detail) => this.#show(state, detail));
    kernel.onFresh(() => {
      if (kernel.state === "reconnecting") this.#kept = { text: freshText(), tone: "info" };
    });
    this.#show(kernel.state, kernel.detail);
  }

  #show(state: KernelState, detail: KernelDetail): void {
    clearTimeout(this.#timer);
    const [words, tone] = kernelWords(state, detail);
    this.#calm.forget();
    if (state === "busy") this.#calm.soon(() => this.pill.show(words, tone));
    else this.pill.show(words, tone);
    const now = this.#notice(state, detail);
    if (state === "dead") this.#kept = now;
    else if (state === "busy") this.#kept = null;
    const notice = now ?? this.#kept;
    if (!notice) return this.close("kernel");
    const say = () => this.banner("kernel", notice.text, notice.actions ?? [], notice.tone);
    if (state === "reconnecting") this.#timer = setTimeout(say, PATIENCE_MS);
    else say();
  }

  #notice(state: KernelState, detail: KernelDetail): Notice | null {
    const notice = kernelNotice(state, detail, this.boot);
    if (notice && state === "signed-out") {
      notice.actions = [{ label: gettext("Sign in"), act: () => window.open(this.boot.urls.login, "_blank", "noopener") }];
    }
    if (notice && state === "failed") {
      notice.actions = [{ label: gettext("Try again"), act: () => void this.kernel.start() }];
    }
    return notice;
  }
}

export function kernelWords(state: KernelState, detail: KernelDetail): [string, PillTone] {
  switch (state) {
    case "off":
      return [gettext("Not started"), "quiet"];
    case "starting":
      return [gettext("Starting"), "busy"];
    case "waiting":
      return [
        detail.place ? interpolate(gettext("Waiting, number %(place)s"), { place: detail.place }) : gettext("Waiting"),
        "busy",
      ];
    case "ready":
      return [gettext("Ready"), "good"];
    case "busy":
      return [gettext("Running"), "busy"];
    case "restarting":
      return [gettext("Restarting"), "busy"];
    case "reconnecting":
      return [gettext("Reconnecting"), "busy"];
    case "dead":
      return [gettext("Ended"), "bad"];
    case "stopped":
      return [gettext("Stopped"), "quiet"];
    case "signed-out":
      return [gettext("Signed out"), "bad"];
    case "failed":
      return [gettext("Not available"), "bad"];
  }
}

export function kernelNotice(state: KernelState, detail: KernelDetail, boot: KernelBoot): Notice | null {
  switch (state) {
    case "waiting":
      return { text: waitingText(detail.place), tone: "info" };
    case "reconnecting":
      return {
        text: detail.message || gettext("The line to Python is down. You can go on writing; it connects again by itself."),
        tone: "warning",
      };
    case "dead":
      return { text: deathText(detail, boot), tone: "error" };
    case "stopped":
      return {
        text:
          detail.reason === "replaced"
            ? gettext("Python was stopped here, since you started it in other exercises. Run the cells again to go on.")
            : gettext("Python was stopped after a while without work. Your text is safe; run the cells again to go on."),
        tone: "info",
      };
    case "signed-out":
      return {
        text: gettext("You are signed out. What you write stays in this page; sign in again in another tab to go on."),
        tone: "error",
      };
    case "failed":
      return { text: detail.message || gettext("Python cannot be started right now."), tone: "error" };
    default:
      return null;
  }
}

function waitingText(place: number | undefined): string {
  return place
    ? interpolate(
        gettext("Every place is taken. You are number %(place)s in the queue; your cell runs as soon as it is your turn."),
        { place },
      )
    : gettext("Every place is taken. Your cell runs as soon as one is free.");
}

function freshText(): string {
  return gettext("The line is back, but Python had to be started afresh: every name is gone. Run the cells again to go on.");
}

function deathText(detail: KernelDetail, boot: KernelBoot): string {
  const again = gettext("Every name is gone, your text is not; the next run starts afresh.");
  switch (detail.reason) {
    case "memory":
      return [
        interpolate(gettext("Python ended: it needed more than %(size)s MB of memory."), { size: boot.limits.memory_mb }),
        again,
      ].join(" ");
    case "time":
      return [gettext("Python was ended: a cell ran for too long and could not be interrupted."), again].join(" ");
    case "host":
      return [gettext("The machine that ran Python went away. That is our fault, not yours."), again].join(" ");
    default:
      return [gettext("Python ended by itself. Often the cause is too little memory."), again].join(" ");
  }
}
