import assert from "node:assert/strict";
import { test } from "node:test";
import { withDraft } from "../../src/store/copy";
import type { CellData, DraftCell } from "../../src/types";

const cell = (id: string, role: CellData["role"], source = id): CellData => ({
  id,
  role,
  source,
  type: "code",
  outputs: [],
  execution_count: null,
});
const written = (id: string, source = id): DraftCell => ({ id, type: "code", source });
const say = (cells: CellData[]): string => cells.map(({ id, source }) => (id === source ? id : `${id}=${source}`)).join(" ");

const CELLS = [cell("text-1", "locked"), cell("a", "answer"), cell("x-000001", "extra"), cell("b", "answer")];

test("answers take the draft's text, locked cells keep the server's, extras come and go", () => {
  const draft = [written("text-1", "hacked"), written("x-000002"), written("a", "mine"), written("b"), written("unknown")];
  assert.equal(say(withDraft(CELLS, draft)), "text-1 x-000002 a=mine b");
});

test("where the exercise has changed since, its order counts and no text is lost", () => {
  const draft = [written("b", "mine"), written("x-000002"), written("gone"), written("a")];
  assert.equal(say(withDraft(CELLS, draft)), "text-1 a b=mine x-000002 x-000001");
});
