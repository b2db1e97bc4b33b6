import { sharedStyle } from "./shared-style";

/** How HTML outputs look inside their shadow roots; the site's tokens are inherited there. */
const CSS = `
* { max-inline-size: 100%; }
table { max-inline-size: none; border-collapse: collapse; border: 0; font: 0.9rem/1.45 var(--sans, sans-serif);
  font-variant-numeric: tabular-nums; color: var(--ink, CanvasText); }
caption { padding: 0.35em 0.75em; color: var(--ink-soft, CanvasText); text-align: start; }
th, td { padding: 0.35em 0.75em; border: 0; border-block-end: 1px solid var(--grid, #8884); text-align: end;
  vertical-align: top; white-space: nowrap; max-inline-size: 30rem; overflow: hidden; text-overflow: ellipsis; }
thead th { border-block-end: 1px solid var(--line-strong, #888); color: var(--ink-soft, CanvasText);
  font-weight: 600; vertical-align: bottom; }
tbody th { color: var(--ink-soft, CanvasText); font-weight: 500; text-align: start; }
tbody tr:hover > * { box-shadow: inset 0 0 0 100vmax color-mix(in srgb, var(--accent, Highlight) 8%, transparent); }
a { color: var(--accent, LinkText); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--focus, Highlight); outline-offset: 1px; }
p { margin: 0.4em 0; }
pre, code { font-family: var(--mono, monospace); font-size: 0.9em; }
pre { overflow-x: auto; }
img, video { block-size: auto; }
h1, h2, h3, h4, h5, h6 { margin: 0.6em 0 0.3em; font-family: var(--serif, serif); font-size: 1.1em; line-height: 1.2; }
`;

/** Gives a shadow root our style: in a layer, so that any style of the output's own wins. */
export const addShadowStyle = sharedStyle(`@layer output { ${CSS} }`);
