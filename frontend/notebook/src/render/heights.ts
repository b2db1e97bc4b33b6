/** How high elements stood when the browser last laid them out. Asking the element itself would lay out the page anew. */
const heights = new WeakMap<Element, number>();
const observer =
  typeof ResizeObserver === "undefined"
    ? null
    : new ResizeObserver((entries) => {
        for (const { target, borderBoxSize } of entries) heights.set(target, borderBoxSize[0]?.blockSize ?? 0);
      });

export function watchHeight(element: Element): void {
  observer?.observe(element);
}

/** Pixels; 0 before the first layout. */
export function heightOf(element: Element): number {
  return heights.get(element) ?? 0;
}
