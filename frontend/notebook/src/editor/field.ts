/** The text of a cell: plain coloured text until somebody comes near, an editor from then on. */
import { createEditor, type Editor, type EditorOptions } from "./editor";
import { highlightPython, plainLines } from "./highlight";

export type FieldOptions = Omit<EditorOptions, "source" | "isTabStop">;

export class Field {
  readonly element = document.createElement("div");
  #source: string;
  #editor: Editor | null = null;
  #isTabStop = false;
  #plain: HTMLPreElement;

  constructor(
    source: string,
    private readonly options: FieldOptions,
  ) {
    this.#source = source;
    this.element.className = "nb-field";
    this.#plain = document.createElement("pre");
    this.#plain.className = "nb-plain";
    this.#plain.translate = false;
    this.#showPlain();
    this.element.append(this.#plain);
    this.#plain.addEventListener("click", (event) => this.#open(event));
  }

  get source(): string {
    return this.#editor?.source ?? this.#source;
  }

  get cursor(): number {
    return this.#editor?.cursor ?? 0;
  }

  get isOpen(): boolean {
    return this.#editor !== null;
  }

  setSource(source: string): void {
    if (this.#editor) return this.#editor.setSource(source);
    if (source === this.#source) return;
    this.#source = source;
    this.#showPlain();
    this.options.onChange();
  }

  /** Makes the editor; what is read only is coloured, and that is all. */
  wake(): void {
    if (this.options.readOnly) this.colour();
    else this.#make();
  }

  /** Colours the text where there is no editor, on paper and for those who scroll fast. */
  colour(): void {
    if (this.#editor || this.#plain.dataset["coloured"] !== undefined) return;
    this.#plain.dataset["coloured"] = "";
    if (this.options.type === "code") this.#plain.replaceChildren(...highlightPython(this.#visible));
  }

  /** Puts the cursor into the text; read-only text shows the line. */
  focus(line?: number): void {
    if (!this.options.readOnly) return this.#make().focus(line);
    if (line === undefined) return;
    this.#plain.children[line - 1]?.scrollIntoView({ block: "center" });
  }

  /** @param offset UTF-16 units */
  focusAt(offset: number): void {
    if (!this.options.readOnly) this.#make().focusAt(offset);
  }

  inspect(): void {
    if (!this.options.readOnly) this.#make().inspect();
  }

  setTabStop(isStop: boolean): void {
    if (isStop === this.#isTabStop) return;
    this.#isTabStop = isStop;
    this.#editor?.setTabStop(isStop);
  }

  destroy(): void {
    this.#editor?.destroy();
  }

  /** What is only read needs no empty line to go on in. */
  get #visible(): string {
    return this.options.readOnly ? this.#source.trimEnd() : this.#source;
  }

  #showPlain(): void {
    delete this.#plain.dataset["coloured"];
    this.#plain.replaceChildren(...plainLines(this.#visible));
  }

  #open(event: MouseEvent): void {
    if (this.options.readOnly || !getSelection()?.isCollapsed) return;
    this.#make().focusNear({ x: event.clientX, y: event.clientY });
  }

  #make(): Editor {
    if (this.#editor) return this.#editor;
    this.#editor = createEditor({ ...this.options, source: this.#source, isTabStop: this.#isTabStop });
    this.#plain.replaceWith(this.#editor.element);
    return this.#editor;
  }
}
