import assert from "node:assert/strict";
import { test } from "node:test";
import { sanitisePlain, sanitiseRich, isUnsafeStyle } from "../../src/render/sanitise";
import type { Output } from "../../src/types";
import { deepHtml, display, makeArea, shown, stream } from "./tools";

const TRAPS: Record<string, string> = {
  "an inline handler": `<img src=x onerror="window.hit=1"><b onclick="hit()">b</b>`,
  "a script link": `<a href="javascript:window.hit=1">x</a><a href=" java&#10;script:hit()">y</a>`,
  "a data link": `<a href="data:text/html,<script>hit()</script>">x</a>`,
  "a form": `<form action="/logout/" method="post"><input name="a" autofocus onfocus="hit()"><button formaction="/x">go</button></form>text`,
  "a base": `<base href="https://evil.example/"><p>x</p>`,
  "a refresh": `<meta http-equiv="refresh" content="0;url=https://evil.example/"><p>x</p>`,
  "a nested mglyph": `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.hit=1&gt;">`,
  "svg with script": `<svg><script>window.hit=1</script><a xlink:href="javascript:hit()"><text>x</text></a></svg><p>x</p>`,
  "svg with foreign content": `<svg><foreignObject><iframe srcdoc="<script>hit()</script>"></iframe></foreignObject></svg><p>x</p>`,
  "frames and objects": `<iframe src="javascript:hit()"></iframe><object data="x"></object><embed src="x"><p>x</p>`,
  "attributes of htmx": `<p hx-get="/logout/" hx-trigger="load" data-hx-post="/x" data-x="1">x</p>`,
  "a popover": `<div popover id="p">over</div><button popovertarget="p">x</button>`,
  "a dialog": `<dialog open>over</dialog><p>x</p>`,
  "a picture of ours": `<img src="/accounts/logout/"><img srcset="/x 1x"><video poster="/x" src="/y"></video><p>x</p>`,
  "a picture of others": `<img src="https://evil.example/x.png"><img src="//evil.example/y.png"><p>x</p>`,
  "styles that load": `<style>p{background:u\\72l(/accounts/logout/)}</style><p style="background:url(//evil.example)">x</p>`,
  "styles of the host": `<style>:host{position:fixed!important;inset:0}</style><p>x</p>`,
  "styles that import": `<style>@import "//evil.example/x.css";</style><p>x</p>`,
  "a link element": `<link rel="stylesheet" href="//evil.example/x.css"><p>x</p>`,
  "a template and a slot": `<template><img src=x onerror=hit()></template><slot name="x"></slot><p>x</p>`,
  "a target of names": `<img name="body"><a id="documentElement" name="x">x</a>`,
  "an image map": `<map name="m"><area href="javascript:hit()"></map><img usemap="#m"><p>x</p>`,
  "editable text": `<p contenteditable accesskey="x" tabindex="1" autofocus>x</p>`,
};
const FORBIDDEN =
  /<(?:script|iframe|object|embed|form|input|button|base|meta|link|dialog|svg|math|template|slot|area|map)\b|\son\w+=|javascript:|hx-|data-x|popover|contenteditable|accesskey|tabindex|autofocus|evil\.example|logout|srcset|poster|usemap|url\(|:host|@import/i;

for (const [name, html] of Object.entries(TRAPS)) {
  test(`an output with ${name} leaves nothing behind that acts`, () => {
    for (const sanitise of [sanitiseRich, sanitisePlain]) {
      const place = document.createElement("div");
      place.append(sanitise(html));
      assert.doesNotMatch(place.innerHTML, FORBIDDEN);
    }
    const element = shown(display({ "text/html": html }));
    for (const host of element.querySelectorAll("*")) assert.doesNotMatch(host.shadowRoot?.innerHTML ?? "", FORBIDDEN);
    assert.equal("hit" in window, false);
  });
}

test("HTML stands in a shadow root behind a wall, with its own styles", () => {
  const element = shown(display({ "text/html": "<style>td{color:red}</style><table><tr><td>1</td></tr></table>" }));
  const wall = element.querySelector(".output-html")!;
  const root = wall.firstElementChild!.shadowRoot!;
  assert.match(root.innerHTML, /td\{color:red\}/);
  assert.equal(document.querySelector("table"), null);
  assert.ok(wall.classList.contains("is-light"));
});

test("our own style is there without shared sheets too, and its colours are not taken for the output's", () => {
  const known = Object.getOwnPropertyDescriptor(CSSStyleSheet.prototype, "replaceSync");
  Reflect.deleteProperty(CSSStyleSheet.prototype, "replaceSync");
  try {
    const wall = shown(display({ "text/html": "<table><tr><td>1</td></tr></table>" })).querySelector(".output-html")!;
    assert.match(wall.firstElementChild!.shadowRoot!.innerHTML, /<style>@layer output \{/);
    assert.ok(!wall.classList.contains("is-light"));
  } finally {
    if (known) Object.defineProperty(CSSStyleSheet.prototype, "replaceSync", known);
  }
});

test("HTML with scripts goes into a frame without origin", async () => {
  const element = shown(display({ "text/html": "<b>x</b><script>parent.hit = 1</script>" }));
  const frame = element.querySelector("iframe")!;
  assert.equal(frame.getAttribute("sandbox"), "allow-scripts");
  assert.equal(frame.getAttribute("src"), "/notebook/frame/");
  assert.ok(frame.title);
  assert.equal(element.querySelector("script"), null);
});

test("a frame's height is taken from that frame alone, and is bounded", () => {
  const element = shown(display({ "text/html": "<script>1</script>" }));
  const frame = element.querySelector("iframe")!;
  const inside = frame.contentWindow;
  frame.dispatchEvent(new Event("load"));
  const say = (data: unknown, source: unknown) => window.dispatchEvent(new MessageEvent("message", { data, source: source as Window }));
  say({ height: 99_999 }, window);
  assert.equal(frame.style.blockSize, "");
  say({ height: 99_999 }, inside);
  assert.equal(frame.style.blockSize, "640px");
  for (const bad of [null, 5, { height: "x" }, { height: NaN }, { height: { valueOf: () => 1 } }]) say(bad, inside);
  assert.equal(frame.style.blockSize, "640px");
});

test("styles are seen through escapes and comments", () => {
  for (const css of ["URL(x)", "u\\72 l(x)", "\\75rl(x)", "@im/**/port 'x'", "image-set('x' 1x)", ":h\\6fst{}", "ur\\l(x)"]) {
    assert.ok(isUnsafeStyle(css), css);
  }
  assert.ok(!isUnsafeStyle("#T_1 td{background:linear-gradient(90deg,#d65f5f 50%,transparent 50%);width:10em}"));
});

test("links go to the web and to mail, elsewhere, without telling from where", () => {
  const place = document.createElement("div");
  place.append(sanitiseRich(`<a href="https://a.example">a</a><a href="mailto:a@b.c">b</a><a href="/accounts/">c</a><a href="#x">d</a>`));
  const links = [...place.querySelectorAll("a")];
  assert.deepEqual(links.map((link) => link.hasAttribute("href")), [true, true, false, false]);
  assert.equal(links[0]!.rel, "noopener noreferrer");
  assert.equal(links[0]!.target, "_blank");
});

const ODD: unknown[] = [null, undefined, 0, -1, NaN, true, "", "x", [], [1], ["a", "b"], {}, { a: {} }, { toString: 1 }, [[["x"]]], () => 1, Symbol.iterator];
const MIMES = [
  "text/html", "text/plain", "text/markdown", "text/latex", "image/png", "image/svg+xml", "image/jpeg", "application/json",
  "application/javascript", "application/vnd.jupyter.widget-view+json", "__proto__", "constructor", "toString", "application/x-odd",
];

test("values of any type under any kind are shown or named, and kept as JSON, without an error", () => {
  const { area } = makeArea();
  for (const odd of ODD) {
    for (const mime of MIMES) area.add(display({ [mime]: odd }, { [mime]: odd, width: odd }));
    area.add(display(odd, odd));
    for (const type of ["stream", "error", "execute_result", "display_data", "odd", odd]) {
      const [name, text, data, metadata, traceback] = [odd, odd, odd, odd, odd];
      area.add({ output_type: type, name, text, data, metadata, traceback, ename: odd, evalue: odd, execution_count: odd, transient: odd } as unknown as Output);
      area.update("x", { output_type: type, data, metadata } as unknown as Output);
    }
    area.add(odd as Output);
    area.load([odd as Output]);
    area.load(odd as Output[]);
  }
  assert.doesNotThrow(() => JSON.stringify(area.outputs()));
});

test("values that refuse to be read spoil nothing", () => {
  const endless: Record<string, unknown> = {};
  endless["self"] = endless;
  const angry = new Proxy({}, { get() { throw new Error("no"); }, ownKeys() { throw new Error("no"); } });
  const { area } = makeArea();
  area.load([display({ "application/json": endless, "text/plain": "still" }), display(angry), stream("after")]);
  assert.match(area.element.textContent ?? "", /still/);
  assert.match(area.element.textContent ?? "", /after/);
  assert.doesNotThrow(() => area.outputs());
});

test("a picture's size is a number within reason, its name is text, its data are base64", () => {
  const metadata = { "image/png": { width: "1e9", height: 1e12, alt: `"><script>hit()</script>` } };
  const element = shown(display({ "image/png": "aGk=\n" }, metadata));
  const picture = element.querySelector("img")!;
  assert.equal(picture.getAttribute("height"), "10000");
  assert.equal(picture.hasAttribute("width"), false);
  assert.match(picture.alt, /script/);
  assert.doesNotMatch(deepHtml(element), /<script/);
  const other = shown(display({ "image/png": `x" onerror="hit()`, "text/plain": "instead" }));
  assert.equal(other.querySelector("img"), null);
  assert.match(other.textContent ?? "", /instead/);
});

test("SVG is a picture and never part of the page", () => {
  const element = shown(display({ "image/svg+xml": "<svg onload='hit()'><script>hit()</script>\ud800</svg>" }));
  assert.equal(element.querySelector("svg, script"), null);
  assert.match(element.querySelector("img")!.src, /^data:image\/svg\+xml;charset=utf-8,/);
});

test("JavaScript is not run, and said so", () => {
  const element = shown(display({ "application/javascript": "window.hit = 1", "text/plain": "<Javascript>" }));
  assert.match(element.textContent ?? "", /not run/);
  assert.equal("hit" in window, false);
});

test("terminal links leave text only", () => {
  const element = shown(stream("\x1b]8;;javascript:hit()\x1b\\click\x1b]8;;\x1b\\"));
  assert.equal(element.querySelector("a"), null);
  assert.equal(element.querySelector("pre")!.textContent, "click");
});
