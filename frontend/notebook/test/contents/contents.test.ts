import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { mountContents } from "../../src/contents/contents";
import type { CellView, NotebookView } from "../../src/types";
import { frames } from "../render/tools";

afterEach(() => document.body.replaceChildren());

function mount(...texts: string[]): { add(html: string): void } {
  const cells: CellView[] = [];
  const listeners: (() => void)[] = [];
  const root = document.createElement("div");
  document.body.append(root);
  const add = (html: string): void => {
    const element = document.createElement("section");
    element.innerHTML = html;
    root.append(element);
    cells.push({ type: "markdown", element, feedback: document.createElement("div") } as unknown as CellView);
    listeners.forEach((listener) => listener());
  };
  texts.forEach(add);
  mountContents({ element: root, cells, onCells: (listener: () => void) => void listeners.push(listener) } as unknown as NotebookView);
  return { add };
}

const fold = () => document.querySelector<HTMLDetailsElement>(".contents")!;
const links = () => [...fold().querySelectorAll("a")];

test("short notebooks have none", () => {
  mount("<h3>A</h3><h4>B</h4>");
  assert.equal(fold().hidden, true);
});

test("three headings make one, by depth, and a link moves the focus", () => {
  mount("<h3>A</h3>", "<h4>B <span>and <i>more</i></span></h4><p>x</p>", "<h3>C</h3>");
  assert.equal(fold().hidden, false);
  assert.deepEqual(links().map((link) => link.textContent), ["A", "B and more", "C"]);
  assert.deepEqual(links().map((link) => link.parentElement!.className.at(-1)), ["0", "1", "0"]);
  links()[1]!.click();
  assert.equal(document.activeElement, document.querySelector("h4"));
});

test("it follows the notebook", async () => {
  const { add } = mount("<h3>A</h3><h3>B</h3>");
  add("<h3>C</h3>");
  await frames(400);
  assert.equal(fold().hidden, false);
  assert.equal(links().length, 3);
  document.querySelector("h3")!.remove();
  await frames(400);
  assert.equal(fold().hidden, true);
});

test("headings that are hidden or empty do not count", () => {
  mount("<h3>A</h3><div hidden><h3>B</h3></div><h3> </h3><h3>C</h3>");
  assert.equal(fold().hidden, true);
});
