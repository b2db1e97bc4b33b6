// Bundles the notebook into static/notebook. Options: --out FOLDER, --meta FILE (what went where).
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { parseArgs } from "node:util";
import esbuild from "esbuild";
import { classicScript, shim } from "./classic.mjs";
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
  chunkNames: "parts/[name]-[hash]",
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

const contents = new Map(outputFiles.map((file) => [shorten(file.path), file.contents]));
const [entry, ...shared] = initialScripts(outputs, "nb.js");
const modules = new Map([...contents].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));
contents.set(entry, Buffer.from(await classicScript(entry, shared, modules)));
for (const path of shared) contents.set(path, Buffer.from(shim(path, outputs.get(path).exports)));

rmSync(out, { recursive: true, force: true });
for (const [path, bytes] of contents) {
  mkdirSync(dirname(join(out, path)), { recursive: true });
  writeFileSync(join(out, path), bytes);
}
writeFileSync(join(out, "NOTICE.txt"), notice(HERE, Object.keys(metafile.inputs)));

const initial = { exercise: [entry], lesson: initialScripts(outputs, "lesson.js") };
if (initial.lesson.length > 1) throw new Error("lesson.js is loaded before what its chunks share; import that later");
if (values.meta) writeFileSync(values.meta, JSON.stringify(initial, null, 2));
for (const [page, scripts] of Object.entries(initial)) {
  const size = scripts.reduce((sum, path) => sum + gzipSync(contents.get(path), { level: 9 }).length, 0);
  console.log(`${page}, initial JavaScript: ${(size / 1024).toFixed(1)} KB gzip in ${scripts.length} files`);
}

function shorten(path) {
  const whole = resolve(HERE, path);
  return whole.startsWith(out) ? whole.slice(out.length + 1) : path;
}

/** An entry and all that it imports statically. */
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
  return [...found];
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
