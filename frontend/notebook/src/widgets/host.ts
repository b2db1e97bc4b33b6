/** The library of widgets: the one way into a chunk that is loaded when the first widget comes. */

import type { WidgetDoor } from "../render/widget-door";
import type { CommMessage, Kernel, OutputArea, OutputAreaOptions } from "../types";
import { Manager } from "./manager";
import { addStyle } from "./style";

export interface WidgetHost {
  take(message: CommMessage): void;
  /** Puts a view of the model into the page; false where there is none. */
  show(modelId: string, place: HTMLElement, area: OutputArea): Promise<boolean>;
  /** The kernel is another one; views that are on the page stay, and do nothing more. */
  forget(): void;
}

export function createHost(kernel: Kernel, door: WidgetDoor, options: OutputAreaOptions): WidgetHost {
  addStyle(document);
  let manager = new Manager(kernel, door, options);
  return {
    take: (message) => manager.take(message),
    show: (modelId, place, area) => manager.show(modelId, place, area),
    forget: () => {
      manager.disconnect();
      manager = new Manager(kernel, door, options);
    },
  };
}
