/** The cells of a lesson. Until one is tried, this small script is all that a reader loads of the notebook. */
import type { LessonBoot } from "../types";

const data = document.getElementById("lesson-data");
const blocks = [...document.querySelectorAll<HTMLElement>("[data-try]")];
if (data?.textContent) begin(JSON.parse(data.textContent) as LessonBoot);

function begin(boot: LessonBoot): void {
  let loading: Promise<(block: HTMLElement) => void> | null = null;
  for (const block of blocks) {
    const button = block.querySelector<HTMLButtonElement>("[data-try-start]");
    if (!button) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-busy") === "true") return;
      button.setAttribute("aria-busy", "true");
      loading ??= load(boot);
      loading.then(
        (bringToLife) => bringToLife(block),
        () => {
          loading = null;
          button.removeAttribute("aria-busy");
          const failure = block.querySelector<HTMLElement>("[data-try-failure]");
          if (failure) failure.hidden = false;
        },
      );
    });
  }
}

/** Editor, kernel and outputs; and their looks, without which nobody should see them. */
async function load(boot: LessonBoot): Promise<(block: HTMLElement) => void> {
  const [{ LessonCells }] = await Promise.all([import("./cells"), loadStyle(boot.urls.style)]);
  const cells = new LessonCells(boot, blocks);
  return (block) => cells.bringToLife(block);
}

function loadStyle(url: string): Promise<void> {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = url;
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      reject(new Error(url));
    };
    document.head.append(link);
  });
}
