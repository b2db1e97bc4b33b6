// Bundles test/**/*.test.ts as the build would, and runs them with Node's own runner. Words choose files by path.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { styleText } from "./style-text.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
// One folder for each run: several people may test at once. It lies here, so that jsdom is found.
const out = join(HERE, ".tests", String(process.pid));

const entryPoints = readdirSync(join(HERE, "test"), { recursive: true })
  .filter((path) => path.endsWith(".test.ts") && (!words.length || words.some((word) => path.includes(word))))
  .map((path) => join("test", path))
  .sort();
if (!entryPoints.length) throw new Error(`no test matches ${words.join(", ")}`);

try {
  const { metafile } = await esbuild.build({
    absWorkingDir: HERE,
    entryPoints,
    outdir: out,
    outbase: "test",
    outExtension: { ".js": ".mjs" },
    metafile: true,
    bundle: true,
    splitting: true,
    sourcemap: "inline",
    format: "esm",
    target: "es2022",
    external: ["node:*", "jsdom"],
    plugins: [styleText],
    loader: { ".css": "empty", ".woff2": "empty" },
    logLevel: "warning",
  });
  const files = Object.keys(metafile.outputs).filter((path) => path.endsWith(".test.mjs")).sort();
  // Left to itself, Node leaves one processor free: on two, the files would run one after the other.
  const flags = ["--enable-source-maps", "--no-warnings", "--import", "./test/setup.mjs", "--test", "--test-force-exit", "--test-concurrency=2", "--test-timeout=60000", "--test-reporter=spec"];
  const { status } = spawnSync(process.execPath, [...flags, ...files], { cwd: HERE, stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
