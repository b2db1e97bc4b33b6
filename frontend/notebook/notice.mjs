// The licences of the packages that are in a bundle, as text.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENCE = /^(licen[cs]e|copying|notice)/i;

/** `inputs`: paths of esbuild's metafile, from `root`. The same packages give the same text. */
export function notice(root, inputs) {
  const folders = new Set(inputs.map((path) => path.match(PACKAGE)?.[0]).filter(Boolean));
  const parts = [...folders].map((folder) => describe(join(root, folder)));
  const texts = [...new Set(parts)].sort();
  return ["The notebook's bundle holds the following packages.\n", ...texts].join(`\n${"-".repeat(80)}\n`);
}

function describe(folder) {
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => LICENCE.test(name)).sort() : [];
  const licence = typeof about.license === "string" ? about.license : (about.license?.type ?? "see its text");
  const texts = files.map((name) => readFileSync(join(folder, name), "utf8").replace(/\r\n/g, "\n").trim());
  return [`${about.name} ${about.version} (${licence})`, ...texts].join("\n\n") + "\n";
}
