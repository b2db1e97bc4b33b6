/** What code cells and text cells have in common: their frame, their name, their text. */
import { Field } from "../editor/field";
import type { CellKey } from "../editor/editor";
import { gettext } from "../i18n";
import { element } from "../render/element";
import type { CellData, CellRole, CellType, CellView, DraftCell, Kernel, KernelBoot, Output } from "../types";
import { button } from "./button";
import { icon } from "./icons";
import { cellName } from "./labels";

/** What a cell asks of the notebook that it stands in. */
export interface Host {
  readonly boot: KernelBoot;
  readonly kernel: Kernel;
  readonly total: number;
  position(cell: Cell): number;
  onEdit(cell: Cell): void;
  onEnter(cell: Cell): void;
  onKey(cell: Cell, key: CellKey): boolean;
  onRunButton(cell: Cell): void;
  onMenu(cell: Cell, at: HTMLElement): void;
  onTraceLink(cell: Cell, executionCount: number | null, line: number): void;
  onUpdateDisplay(displayId: string, output: Output): void;
  /** A run of the text with this digest was sent. */
  onRunSent?(cell: Cell, id: string, ran: string): void;
  onRunEnd(cell: Cell): void;
  announce(text: string): void;
}

export const EDITOR_HELP_ID = "nb-editor-help";
const HINT_MS = 3000;

export abstract class Cell implements CellView {
  abstract readonly type: CellType;
  readonly id: string;
  readonly role: CellRole;
  readonly number: number | undefined;
  readonly starter: string | undefined;
  readonly element: HTMLElement;
  readonly feedback = element("div", "nb-feedback");
  protected readonly head = element("div", "nb-head");
  protected readonly body = element("div", "nb-body");
  protected readonly field: Field;
  readonly #place = element("span", "visually-hidden");
  readonly #menuButton: HTMLButtonElement;
  #label = "";

  constructor(
    data: CellData,
    protected readonly host: Host,
  ) {
    this.id = data.id;
    this.role = data.role;
    this.number = data.number;
    this.starter = data.starter;
    this.element = element("section", `nb-cell is-${data.type} is-${data.role}`, [], {
      id: `cell-${data.id}`,
      role: "group",
      tabindex: "-1",
    });
    this.feedback.hidden = true;
    this.#menuButton = button({
      label: gettext("More about this cell"),
      icon: "more",
      iconOnly: true,
      className: "is-quiet nb-icon-button",
      onPress: () => host.onMenu(this, this.#menuButton),
    });
    this.#menuButton.setAttribute("aria-haspopup", "menu");
    this.field = new Field(data.source, {
      type: data.type,
      readOnly: data.role === "locked",
      hint: data.type === "code" ? gettext("Write Python here") : gettext("Write here. Markdown and $maths$ work."),
      labelledBy: this.#nameId,
      describedBy: EDITOR_HELP_ID,
      complete: (code, cursor, isAsked) => this.#complete(code, cursor, isAsked),
      inspect: async (code, cursor) => ((await this.#hasKernel()) ? host.kernel.inspect(code, cursor, 0) : null),
      announce: (text) => host.announce(text),
      onChange: () => {
        this.onSourceChange();
        host.onEdit(this);
      },
      onFocus: () => host.onEnter(this),
      onKey: (key) => host.onKey(this, key),
    });
  }

  get source(): string {
    return this.field.source;
  }

  get position(): number {
    return this.host.position(this);
  }

  get cursor(): number {
    return this.field.cursor;
  }

  get isEditable(): boolean {
    return this.role !== "locked";
  }

  get #nameId(): string {
    return `cell-${this.id}-name`;
  }

  setSource(source: string): void {
    this.field.setSource(source);
  }

  toDraft(): DraftCell {
    return { id: this.id, type: this.type, source: this.source };
  }

  /** The whole cell, for commands. */
  select(): void {
    this.element.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }

  abstract focus(line?: number): void;

  focusAt(offset: number): void {
    this.field.focusAt(offset);
  }

  abstract toData(): CellData;

  /** Somebody is near: what was put off is made now. */
  wake(): void {
    this.field.wake();
  }

  /** Shows what is known of what stands at the cursor. */
  inspect(): void {
    this.field.inspect();
  }

  /** How it looks from afar. */
  dress(): void {
    this.field.colour();
  }

  /** Only the chosen cell's buttons are stops of the Tab key. */
  setChosen(isChosen: boolean): void {
    this.element.classList.toggle("is-chosen", isChosen);
    this.element.tabIndex = isChosen ? 0 : -1;
    for (const one of this.stops()) one.tabIndex = isChosen ? 0 : -1;
    this.field.setTabStop(isChosen);
  }

  /** After Escape the Tab key passes the text by: in it, Tab would indent. */
  leaveText(): void {
    this.field.setTabStop(false);
    this.select();
    const restore = (event: FocusEvent) => {
      if (event.relatedTarget instanceof Node && this.element.contains(event.relatedTarget)) return;
      this.element.removeEventListener("focusout", restore);
      this.field.setTabStop(this.element.tabIndex === 0);
    };
    this.element.addEventListener("focusout", restore);
  }

  /** Says anew what depends on the other cells or on the runs. */
  refresh(): void {
    const label = this.label();
    if (label === this.#label) return;
    this.#label = label;
    this.element.setAttribute("aria-label", label);
    this.#place.textContent = `${label}: `;
  }

  destroy(): void {
    this.field.destroy();
    this.element.remove();
  }

  protected abstract label(): string;

  /** What stands at its head. */
  protected get name(): string {
    return cellName(this.type, this.role, this.number);
  }

  protected onSourceChange(): void {}

  protected stops(): HTMLElement[] {
    return [...this.head.querySelectorAll<HTMLElement>("button")];
  }

  /** The cell's first line: what runs it, what it is, how it stands, what else can be done. */
  protected buildHead(first: Node[], status: Node[]): void {
    const name = element("span", "nb-name", [this.#place, this.name], {
      id: this.#nameId,
    });
    this.head.append(...first, name);
    if (this.role === "answer") this.head.append(element("span", "badge is-accent", gettext("Graded")));
    if (this.role === "locked") this.head.append(element("span", "badge", [icon("lock"), gettext("Read-only")]));
    this.head.append(...status, this.#menuButton);
  }

  /** While typing, only a kernel that runs is asked; one is not started for a dot. */
  async #complete(code: string, cursor: number, isAsked: boolean): ReturnType<Kernel["complete"]> {
    if (isAsked && !(await this.#hasKernel())) return null;
    return this.host.kernel.complete(code, cursor);
  }

  /** Started if need be; whoever waits for a hint does not wait long. */
  #hasKernel(): Promise<boolean> {
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, HINT_MS, false));
    return Promise.race([this.host.kernel.start(), late]);
  }
}
