/** The files of the notebook's folder, which live and end with the kernel. */
import { gettext } from "../i18n";
import { send, sendForJson, type Fetch } from "../requests";
import type { FileEntry } from "../types";
import { isDictionary } from "./frames";

const MOST_UPLOAD_BYTES = 5_000_000;
const UPLOAD_SECONDS = 120;

/** `kernel`: the address of one kernel, without "/" at its end. @throws RefusedError */
export async function listFiles(fetch: Fetch, kernel: string): Promise<FileEntry[]> {
  const entries = await sendForJson<unknown>(fetch, `${kernel}/files`);
  return Array.isArray(entries) ? entries.filter(isFile) : [];
}

/** Names are the learner's: every part of the path is quoted, the slashes between stay. */
export function fileUrl(kernel: string, path: string): string {
  return `${kernel}/files/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** @throws an Error whose message can be shown. */
export async function uploadFile(fetch: Fetch, kernel: string, file: File): Promise<void> {
  if (file.size > MOST_UPLOAD_BYTES) throw new Error(gettext("Files of up to 5 MB can be put here."));
  await send(fetch, fileUrl(kernel, file.name), { method: "PUT", body: file, timeoutSeconds: UPLOAD_SECONDS });
}

function isFile(value: unknown): value is FileEntry {
  if (!isDictionary(value) || typeof value.path !== "string" || typeof value.size !== "number") return false;
  // A browser would leave the folder at such a part, whatever it is quoted like.
  return !value.path.split("/").some((part) => part === "" || part === "." || part === "..");
}
