const { a: _0, b: _1, c: _2, d: _3, e: _4, f: _5, g: _6, h: _7, i: _8 } = globalThis.kilohourNotebook["chunk-HTZKK2TV.js"];
export { _0 as a, _1 as b, _2 as c, _3 as d, _4 as e, _5 as f, _6 as g, _7 as h, _8 as i };
