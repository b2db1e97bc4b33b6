/** Signs beside words; drawn in the same hand as the site's templates/components/icon.html. */

const PATHS = {
  play: '<path d="M8 5.5v13l10.500-6.500z" fill="currentColor"/>',
  stop: '<rect x="7" y="7" width="10" height="10" rx="1" fill="currentColor"/>',
  check: '<path d="m4.5 12.5 5 5 10-11"/>',
  cross: '<path d="m6 6 12 12M18 6 6 18"/>',
  clock: '<circle cx="12" cy="12" r="9"/><path d="M12 6.500V12l4 2.500"/>',
  blank: '<circle cx="12" cy="12" r="8.500" stroke-dasharray="3 3.500"/>',
  hand: '<circle cx="12" cy="12" r="9"/><path d="m5.800 5.800 12.400 12.400"/>',
  bolt: '<path d="M13 2.500 4.500 14H11l-1 7.500L19 10h-6.500z"/>',
  pen: '<path d="M4 20l1-4.500L16.500 4l3.500 3.500L8.500 19zM14 6.500l3.500 3.500"/>',
  past: '<path d="M4 5v5h5M4.500 9.500A8.500 8.500 0 1 1 3.500 13M12 8v4.500l3 2"/>',
  spin: '<path d="M12 3.500a8.500 8.500 0 1 1-8.500 8.500"/>',
  restart: '<path d="M20 5v5h-5M19.500 9.500A8.500 8.500 0 1 0 20.500 13"/>',
  runAll: '<path d="M4 5.500v13l8-6.500zM13 5.500v13l8-6.500z" fill="currentColor"/>',
  more: '<path d="M5 12v.1M12 12v.1M19 12v.1" stroke-width="3.500"/>',
  plus: '<path d="M12 5v14M5 12h14"/>',
  lock: '<path d="M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3"/>',
  question: '<circle cx="12" cy="12" r="9"/><path d="M9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.7.3-1 .8-1 1.700M12 16.800v.2"/>',
  info: '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.500M12 7.500v.2"/>',
  warning: '<path d="M12 3.500 22 20.500H2zM12 10v4.500M12 17.300v.2"/>',
  cloud: '<path d="M7 18.500h10a4 4 0 0 0 .6-7.950A6 6 0 0 0 6.200 9.600 4.500 4.500 0 0 0 7 18.500z"/>',
} as const;

export type IconName = keyof typeof PATHS;

const drawn = new Map<IconName, SVGSVGElement>();

export function icon(name: IconName): SVGSVGElement {
  let first = drawn.get(name);
  if (!first) drawn.set(name, (first = draw(name)));
  return first.cloneNode(true) as SVGSVGElement; // much cheaper than reading its path once more
}

function draw(name: IconName): SVGSVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  made.setAttribute("class", `icon is-${name}`);
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("aria-hidden", "true");
  made.innerHTML = PATHS[name];
  return made;
}
