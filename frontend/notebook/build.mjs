// Bundles the notebook into static/notebook. Options: --out FOLDER, --meta FILE (what went where).
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { parseArgs } from "node:util";
import esbuild from "esbuild";
import { notice } from "./notice.mjs";
import { styleText } from "./style-text.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { out: { type: "string" }, meta: { type: "string" } } });
const out = resolve(values.out ?? join(HERE, "../../static/notebook"));

const { metafile, outputFiles } = await esbuild.build({
  absWorkingDir: HERE,
  entryPoints: [
    { in: "src/main.ts", out: "nb" },
    { in: "src/try/main.ts", out: "lesson" },
    { in: "src/css/notebook.css", out: "nb" },
  ],
  outdir: out,
  write: false,
  metafile: true,
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none", // NOTICE.txt says it all
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "assets/[name]-[hash]",
  // Every browser that runs the bundle reads woff2.
  loader: { ".woff2": "file", ".woff": "empty", ".ttf": "empty", ".svg": "dataurl" },
  plugins: [styleText],
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
});

/** Output paths without the folder, so that they read the same wherever the bundle goes. */
const outputs = new Map(
  Object.entries(metafile.outputs).map(([path, entry]) => [shorten(path), entry]),
);
refuse(outputs);

rmSync(out, { recursive: true, force: true });
for (const file of outputFiles) {
  mkdirSync(dirname(file.path), { recursive: true });
  writeFileSync(file.path, file.contents);
}
writeFileSync(join(out, "NOTICE.txt"), notice(HERE, Object.keys(metafile.inputs)));

const initial = initialScripts(outputs, "nb.js");
const lesson = initialScripts(outputs, "lesson.js");
// The page asks for these together with nb.js, instead of once that has arrived.
writeFileSync(join(out, "chunks.json"), `${JSON.stringify(initial.filter((path) => path !== "nb.js"), null, 2)}\n`);
const contents = new Map(outputFiles.map((file) => [shorten(file.path), file.contents]));
const size = (paths) => paths.reduce((sum, path) => sum + gzipSync(contents.get(path), { level: 9 }).length, 0);
if (values.meta) writeFileSync(values.meta, JSON.stringify({ initial, lesson }, null, 2));
for (const [page, scripts] of Object.entries({ exercise: initial, lesson })) {
  console.log(`${page}, initial JavaScript: ${(size(scripts) / 1024).toFixed(1)} KB gzip in ${scripts.length} files`);
}

function shorten(path) {
  const whole = resolve(HERE, path);
  return whole.startsWith(out) ? whole.slice(out.length + 1) : path;
}

/** The scripts a page loads before anything runs: its own and all that this imports statically. */
function initialScripts(from, entry) {
  const found = new Set();
  const visit = (path) => {
    if (found.has(path)) return;
    found.add(path);
    for (const one of from.get(path).imports) {
      if (one.kind === "import-statement" && !one.external) visit(shorten(one.path));
    }
  };
  visit(entry);
  return [...found].sort();
}

/** Django serves entries under hashed names: a chunk that imports one would load a second copy of everything. */
function refuse(from) {
  for (const [path, entry] of from) {
    if (entry.imports.some((one) => ["nb.js", "lesson.js"].includes(shorten(one.path)))) {
      throw new Error(`${path} imports an entry; move what both need out of that main.ts`);
    }
    // Nothing loads the style sheet of a chunk.
    if (path.endsWith(".css") && path !== "nb.css") {
      throw new Error(`${path} would never be loaded; import it in src/css/notebook.css, or as text`);
    }
  }
}
