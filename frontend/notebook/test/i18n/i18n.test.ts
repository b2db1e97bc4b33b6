import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { gettext, interpolate, ngettext } from "../../src/i18n";

afterEach(() => delete window.django);

test("texts stay English without a catalogue, and come from it where there is one", () => {
  assert.equal(gettext("Saved"), "Saved");
  assert.equal(ngettext("cell", "cells", 1), "cell");
  assert.equal(ngettext("cell", "cells", 0), "cells");
  window.django = { gettext: (text) => text.toUpperCase() };
  assert.equal(gettext("Saved"), "SAVED");
});

test("places are filled in once, and unknown ones stay", () => {
  assert.equal(interpolate("Cell %(cell)s of %(all)s", { cell: 3, all: "%(cell)s" }), "Cell 3 of %(cell)s");
  assert.equal(interpolate("%(toString)s", {}), "%(toString)s");
});
