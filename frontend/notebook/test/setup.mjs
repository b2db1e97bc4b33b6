// Gives tests the globals of a page. What Node has itself (fetch, timers, streams) stays Node's.
import { JSDOM } from "jsdom";

const dom = new JSDOM("<!doctype html><html lang='en'><body></body></html>", {
  url: "http://localhost/exercises/la-trace/",
  pretendToBeVisual: true,
});
const PAGES = new Set([
  "AbortController",
  "AbortSignal",
  "Blob",
  "CloseEvent",
  "CustomEvent",
  "DOMException",
  "Event",
  "EventTarget",
  "File",
  "FormData",
  "MessageEvent",
  "localStorage",
  "navigator",
  "sessionStorage",
]);

for (const name of Object.getOwnPropertyNames(dom.window)) {
  if (/^(_|\d)/.test(name) || (name in globalThis && !PAGES.has(name))) continue;
  const value = dom.window[name];
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
globalThis.window = globalThis.self = dom.window;
globalThis.document = dom.window.document;

// What editors measure with; jsdom lays nothing out.
const nothing = () => ({ x: 0, y: 0, top: 0, left: 0, right: 0, bottom: 0, width: 0, height: 0 });
dom.window.Range.prototype.getClientRects = () => [];
dom.window.Range.prototype.getBoundingClientRect = nothing;
dom.window.Element.prototype.scrollIntoView ??= () => {};
for (const name of ["ResizeObserver", "IntersectionObserver"]) {
  globalThis[name] = dom.window[name] ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
}
dom.window.matchMedia ??= () => ({ matches: false, addEventListener() {}, removeEventListener() {} });
globalThis.matchMedia = dom.window.matchMedia;

// A process must not wait for a channel that nobody closes.
const Channel = globalThis.BroadcastChannel;
globalThis.BroadcastChannel = class extends Channel {
  constructor(name) {
    super(name);
    this.unref();
  }
};
