// `import text from "./some.css?text"` gives a style sheet, bundled with what it imports, as text: for a chunk that
// brings its own.
import { dirname, relative, resolve } from "node:path";
import esbuild from "esbuild";

const QUERY = "?text";

export const styleText = {
  name: "style-text",
  setup(build) {
    const root = build.initialOptions.absWorkingDir;
    build.onResolve({ filter: /\.css\?text$/ }, ({ path, resolveDir }) => ({
      // Names of chunks depend on it, and must be the same wherever the sources lie.
      path: relative(root, resolve(resolveDir, path.slice(0, -QUERY.length))),
      namespace: "style-text",
    }));
    build.onLoad({ filter: /.*/, namespace: "style-text" }, async ({ path }) => {
      const { outputFiles } = await esbuild.build({
        absWorkingDir: root,
        entryPoints: [path],
        outdir: dirname(path), // nothing is written
        write: false,
        bundle: true,
        minify: true,
        target: "es2022",
        loader: { ".svg": "dataurl" },
      });
      return { contents: outputFiles[0].text, loader: "text" };
    });
  },
};
