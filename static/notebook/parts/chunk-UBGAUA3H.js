const { a: _0, b: _1, c: _2, d: _3, e: _4, f: _5, g: _6, h: _7, i: _8, j: _9, k: _10, l: _11, m: _12 } = globalThis.kilohourNotebook["chunk-UBGAUA3H.js"];
export { _0 as a, _1 as b, _2 as c, _3 as d, _4 as e, _5 as f, _6 as g, _7 as h, _8 as i, _9 as j, _10 as k, _11 as l, _12 as m };
