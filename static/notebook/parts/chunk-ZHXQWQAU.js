const { a: _0, b: _1, c: _2, d: _3, e: _4 } = globalThis.kilohourNotebook["chunk-ZHXQWQAU.js"];
export { _0 as a, _1 as b, _2 as c, _3 as d, _4 as e };
