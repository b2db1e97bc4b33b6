import assert from "node:assert/strict";
import { test } from "node:test";
import { renderMarkdown, setMaths } from "../../src/render";
import { display, frames, shown } from "./tools";

const maths = (source: string) =>
  [...renderMarkdown(source).querySelectorAll<HTMLElement>(".math")].map((one) => [one.textContent, "display" in one.dataset]);

test("maths follows Jupyter's rules", () => {
  assert.deepEqual(maths("Let $x_1$ and $y*2*$ be."), [["x_1", false], ["y*2*", false]]);
  assert.deepEqual(maths("$$a\n= b$$"), [["a\n= b", true]]);
  assert.deepEqual(maths("text\n\n$$\na\n\nb\n$$\n\ntext"), [["a\n\nb", true]]);
  assert.deepEqual(maths("in a line $$a$$ too, \\(b\\) and \\[c\\]"), [["a", true], ["b", false], ["c", true]]);
  assert.deepEqual(maths("\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}"), [["\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}", true]]);
  assert.deepEqual(maths("> $$\n> a\n> $$"), [["a", true]]);
});

test("money, code and escapes are not maths", () => {
  assert.deepEqual(maths("It costs $5 and then $6."), []);
  assert.deepEqual(maths("`$x$` and \\$x\\$ and $ x $"), []);
  assert.deepEqual(maths("```\n$$x$$\n```"), []);
  assert.deepEqual(maths("$open and $$ open"), []);
});

test("headings begin below the page's title and jump over no level", () => {
  const levels = (source: string) => [...renderMarkdown(source).children].map((one) => one.tagName);
  assert.deepEqual(levels("# A\n## B\n##### C"), ["H2", "H3", "H4"]);
  assert.deepEqual(levels("## A\n### B\n## C"), ["H2", "H3", "H2"]);
  assert.deepEqual(levels("### A\n# B\n## C"), ["H2", "H2", "H3"]);
});

test("HTML is text, links are safe, pictures carry themselves", () => {
  const element = renderMarkdown(
    '<b onclick="x">b</b> [a](javascript:alert(1)) [b](/logout) [c](https://c.example) ![d](/logout) ![e](data:image/png;base64,aGk=) ![f](https://e.example/x.png)',
  );
  assert.equal(element.querySelector("b"), null);
  assert.deepEqual([...element.querySelectorAll("a")].map((a) => a.href), ["https://c.example/"]);
  assert.equal(element.querySelector("a")!.rel, "noopener noreferrer");
  assert.deepEqual([...element.querySelectorAll("img")].map((img) => img.alt), ["e"]);
});

test("tables, lists and code are there, without classes of the page", () => {
  const element = renderMarkdown("|a|\n|-|\n|1|\n\n```python\nx = 1\n```\n\n```button is-primary\n```\n\n~~gone~~");
  assert.ok(element.querySelector("table"));
  assert.equal(element.querySelector("code")!.className, "language-python");
  assert.equal(element.querySelector(".is-primary"), null);
  assert.ok(element.querySelector("s"));
});

test("KaTeX sets formulas with MathML, once, and leaves what it cannot read", async () => {
  const element = renderMarkdown("$\\frac{1}{2}$ and $\\nonsense{$ and $\\href{javascript:alert(1)}{x}$");
  await setMaths(element);
  await frames(300);
  assert.ok(element.querySelector("math mfrac"));
  assert.match(element.textContent!, /\\nonsense/);
  assert.equal(element.querySelector("a"), null);
  const html = element.innerHTML;
  await setMaths(element);
  assert.equal(element.innerHTML, html);
});

test("hostile formulas end", async () => {
  const element = renderMarkdown("$\\def\\a{\\a\\a}\\a$ $\\rule{9999em}{9999em}$ " + "$a ".repeat(20_000) + "\\begin{a}".repeat(3_000));
  await setMaths(element);
  await frames(100);
  assert.ok(element.textContent);
});

test("LaTeX outputs are text with formulas, or one formula", () => {
  const texts = (source: string) => [...shown(display({ "text/latex": source })).querySelectorAll(".math")].map((one) => one.textContent);
  assert.deepEqual(texts("$\\displaystyle x^{2}$"), ["\\displaystyle x^{2}"]);
  assert.deepEqual(texts("$$a$$"), ["a"]);
  assert.deepEqual(texts("x^2"), ["x^2"]);
  assert.match(shown(display({ "text/latex": "so <b>$x$</b>" })).textContent!, /so <b>x<\/b>/);
});
