/** Who else in this browser has the same exercise open. Tabs that end without a word are missed after a while. */
import { newId } from "../kernel/ids";
import { Listeners } from "../listeners";
import type { Boot } from "../types";

const ASK_SECONDS = 10;
const MISSED_SECONDS = 25;

interface Word {
  from: string;
  says: "hello" | "here" | "bye";
}

export class Tabs {
  readonly news = new Listeners<[boolean]>();
  private readonly me = newId();
  private readonly seen = new Map<string, number>();
  private readonly channel: BroadcastChannel | null;
  private open = false;

  constructor(boot: Boot) {
    const name = `kilohour.${boot.learner}.${boot.exercise.slug}`;
    this.channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name);
    if (!this.channel) return;
    this.channel.onmessage = ({ data }: MessageEvent<unknown>) => this.hear(data as Partial<Word> | null);
    window.addEventListener("pagehide", () => this.say("bye"));
    window.addEventListener("pageshow", () => this.say("hello"));
    this.say("hello");
  }

  private say(says: Word["says"]): void {
    this.channel?.postMessage({ from: this.me, says } satisfies Word);
  }

  private hear(word: Partial<Word> | null): void {
    if (typeof word?.from !== "string" || word.from === this.me) return;
    if (word.says === "bye") this.seen.delete(word.from);
    else this.seen.set(word.from, Date.now());
    if (word.says === "hello") this.say("here");
    this.tell();
  }

  private tell(): void {
    const open = this.seen.size > 0;
    if (open === this.open) return;
    this.open = open;
    this.news.tell(open);
    if (open) setTimeout(() => this.ask(), ASK_SECONDS * 1000);
  }

  private ask(): void {
    for (const [tab, at] of this.seen) if (at < Date.now() - MISSED_SECONDS * 1000) this.seen.delete(tab);
    this.tell();
    if (!this.open) return;
    this.say("hello");
    setTimeout(() => this.ask(), ASK_SECONDS * 1000);
  }
}
