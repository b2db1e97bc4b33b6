// Makes of an entry and the chunks that it imports one classic script (as HTML calls what is no module).
//
// Chromium reads back what it compiled of a classic script on an earlier visit, but what it compiled of a
// module only in the same process (seen in 150): the first exercise in a tab stands an eighth sooner this way.
import { basename, join } from "node:path";
import esbuild from "esbuild";

const REGISTRY = "globalThis.kilohourNotebook";

/**
 * `texts`: what was built as modules, by path; `chunks`: those that the entry imports.
 * Chunks that are loaded later import these still: see `shim`. Run a second time, the script does nothing.
 */
export async function classicScript(entry, chunks, texts) {
  const imports = chunks.map((path, number) => `import * as chunk${number} from "./${path}";`);
  const shared = chunks.map((path, number) => `${JSON.stringify(basename(path))}: chunk${number}`);
  const all = [...imports, `${REGISTRY} = { ${shared.join(", ")} };`, `import "./${entry}";`];
  const { outputFiles } = await esbuild.build({
    stdin: { contents: all.join("\n"), sourcefile: "classic.js" },
    write: false,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    banner: { js: `"use strict";if(!${REGISTRY}){` },
    footer: { js: "}" },
    plugins: [inMemory(texts)],
    logLevel: "warning",
  });
  return outputFiles[0].text;
}

/** In the place of a chunk that the script holds, for chunks that are loaded later. */
export function shim(path, exports) {
  const names = exports.map((name, number) => [name, `_${number}`]);
  const taken = names.map(([name, own]) => `${name}: ${own}`).join(", ");
  const given = names.map(([name, own]) => `${own} as ${name}`).join(", ");
  return `const { ${taken} } = ${REGISTRY}[${JSON.stringify(basename(path))}];\nexport { ${given} };\n`;
}

/** Modules that were not written yet. What is imported later stays a file of its own. */
function inMemory(texts) {
  return {
    name: "in-memory",
    setup(build) {
      build.onResolve({ filter: /^\./ }, ({ path, importer, kind }) => {
        if (kind === "dynamic-import") return { path: `./${join(importer, "..", path)}`, external: true };
        return { path: join(importer, "..", path), namespace: "built" };
      });
      build.onLoad({ filter: /.*/, namespace: "built" }, ({ path }) => ({ contents: texts.get(path) }));
    },
  };
}
