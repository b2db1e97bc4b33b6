/** Texts for people: Django's JavaScript catalogue where the page has one, English otherwise. */

interface Catalogue {
  gettext(text: string): string;
  ngettext(one: string, many: string, count: number): string;
}

declare global {
  interface Window {
    django?: Partial<Catalogue>;
  }
}

export function gettext(text: string): string {
  return window.django?.gettext?.(text) ?? text;
}

/** The form of the text for so many; put the number in with `interpolate`. */
export function ngettext(one: string, many: string, count: number): string {
  return window.django?.ngettext?.(one, many, count) ?? (count === 1 ? one : many);
}

/** Fills in "%(name)s", as Django writes places; an unknown name stays as it is. */
export function interpolate(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/%\((\w+)\)s/g, (place, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : place,
  );
}
