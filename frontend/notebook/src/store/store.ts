/** The page's store. */
import type { Boot, DraftCell, Store } from "../types";
import { tabStorage } from "./tab-item";
import { Keeper } from "./keeper";
import type { Shown } from "./outputs";
import type { StoreSurroundings } from "./page";

/** `draft` and `outputs` are asked for whatever stands on the page at that moment. Tests bring their own surroundings. */
export function createStore(
  boot: Boot,
  draft: () => DraftCell[],
  outputs: () => Record<string, Shown>,
  around: Partial<StoreSurroundings> = {},
): Store {
  return new Keeper(boot, draft, outputs, {
    fetch: around.fetch ?? ((...request) => fetch(...request)),
    storage: around.storage === undefined ? tabStorage() : around.storage,
    random: around.random ?? Math.random,
  });
}
