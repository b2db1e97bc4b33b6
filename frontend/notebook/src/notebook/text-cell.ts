/** A cell to read, and to write when it is the learner's. */
import { gettext } from "../i18n";
import { element } from "../render/element";
import { showMarkdown } from "../render/markdown-door";
import { setMaths } from "../render/maths";
import type { CellData } from "../types";
import { button } from "./button";
import { Cell, type Host } from "./cell";
import { icon } from "./icons";
import { cellLabel } from "./labels";

export class TextCell extends Cell {
  readonly type = "markdown";
  readonly #shown = element("div", "nb-text prose");
  readonly #html: string | undefined;
  #toggle: HTMLButtonElement | null = null;
  #isOpen = false;
  #rendered: string | null = null;

  /** `given` holds the server's HTML where the page already has it. */
  constructor(data: CellData, host: Host, given?: Element | null) {
    super(data, host);
    this.#html = data.html;
    if (this.isEditable) this.#buildEditable();
    else this.#showGiven(given);
    this.element.append(this.#shown, this.feedback);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  focus(line?: number): void {
    if (!this.isEditable) return this.select();
    this.#open();
    this.field.focus(line);
  }

  override focusAt(offset: number): void {
    if (this.isEditable) this.#open();
    super.focusAt(offset);
  }

  toData(): CellData {
    return { id: this.id, type: "markdown", role: this.role, source: this.source, outputs: [], execution_count: null };
  }

  /** Shows the text as it reads. */
  render(): void {
    if (!this.isEditable) return;
    if (!this.source.trim()) return this.#open();
    const hadFocus = this.body.contains(document.activeElement);
    this.#isOpen = false;
    this.#arrange();
    if (hadFocus) this.select();
  }

  override setSource(source: string): void {
    super.setSource(source);
    this.#arrange();
  }

  override wake(): void {
    if (this.#isOpen) super.wake();
    else if (this.isEditable && this.#rendered !== this.source) this.#draw();
  }

  override dress(): void {
    if (!this.#isOpen) this.wake();
  }

  protected label(): string {
    const { type, role, position, number } = this;
    return cellLabel({ type, role, position, total: this.host.total, number, count: null, state: null, errorName: "" });
  }

  #buildEditable(): void {
    this.#toggle = button({
      label: gettext("Edit"),
      icon: "pen",
      className: "is-quiet is-small",
      onPress: () => (this.#isOpen ? this.render() : this.focus()),
    });
    this.buildHead([], [this.#toggle]);
    this.body.append(this.field.element);
    this.element.append(this.head, this.body);
    this.#shown.addEventListener("dblclick", () => this.focus());
    this.#isOpen = !this.source.trim();
    // Until somebody is near, the source stands for the text: it can be found and read.
    this.#shown.textContent = this.source;
    this.#arrange(false);
  }

  #showGiven(given: Element | null | undefined): void {
    if (given?.childNodes.length) this.#shown.append(...given.childNodes);
    else {
      if (this.#html !== undefined) this.#shown.innerHTML = this.#html; // made and cleaned by the server
      else this.#shown.textContent = this.source;
      void setMaths(this.#shown);
    }
    this.element.classList.toggle("begins-part", /^H[1-3]$/.test(this.#shown.firstElementChild?.tagName ?? ""));
  }

  #open(): void {
    this.#isOpen = true;
    this.#arrange();
    this.field.wake();
  }

  #arrange(draw = true): void {
    this.body.hidden = !this.#isOpen;
    this.#shown.hidden = this.#isOpen;
    this.element.classList.toggle("is-open", this.#isOpen);
    if (this.#toggle) {
      const words = this.#isOpen ? gettext("Show as text") : gettext("Edit");
      this.#toggle.replaceChildren(icon(this.#isOpen ? "check" : "pen"), element("span", "", words));
    }
    if (draw && !this.#isOpen && this.isEditable) this.#draw();
  }

  #draw(): void {
    this.#rendered = this.source;
    this.#shown.replaceChildren(showMarkdown(this.source));
  }
}
