/** What a cell gives back, on the page. */

export { createOutputArea } from "./area";
export { renderMarkdown } from "./markdown";
export { setMaths } from "./maths";
