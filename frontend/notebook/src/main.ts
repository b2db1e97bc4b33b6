/** Makes the exercise page a notebook: reads what the server handed out and joins the parts. */
import { mountChecks } from "./checks/checks";
import { mountContents } from "./contents/contents";
import { mountFiles } from "./files/files";
import { createKernel } from "./kernel/kernel";
import { remember } from "./known";
import { createNotebook } from "./notebook/notebook";
import { readTyped } from "./notebook/typed";
import { OutputsCopy, withOutputs } from "./store/kept-outputs";
import { createStore } from "./store/store";
import { tabStorage } from "./store/tab-item";
import type { Boot } from "./types";

function begin(root: HTMLElement, boot: Boot): void {
  const kernel = createKernel(boot);
  const { cells, isChanged, cursor } = readTyped(root, withOutputs(boot.cells, new OutputsCopy(boot, tabStorage()).read()));
  const notebook = createNotebook(root, { ...boot, cells }, kernel);
  const store = createStore(
    boot,
    () => notebook.draft(),
    () => notebook.outputs(),
  );
  notebook.useStore(store);
  if (cursor) notebook.cell(cursor.cell)?.focusAt(cursor.offset);
  if (isChanged) store.changed();
  mountFiles(notebook, kernel, boot);
  mountContents(notebook);
  mountChecks(notebook, store, boot);
  notebook.wakeFirst();
  afterFrame(() => remember(script.src));
  if (boot.has_kernel) afterFrame(() => notebook.goOn());
}

/** Once the page has been drawn as it is now. */
function afterFrame(act: () => void): void {
  requestAnimationFrame(() => setTimeout(act));
}

const script = document.currentScript as HTMLScriptElement;
const root = document.getElementById("notebook");
const data = document.getElementById("notebook-data");
if (root && data?.textContent) begin(root, JSON.parse(data.textContent) as Boot);
