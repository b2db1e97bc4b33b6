// The exercise page: keeps what is written, says whether it is kept, and never loses it.

import { enhance } from "./editor.js";
import { forgetCopy, keepCopy, readCopy, watchTabs } from "./workbench-copies.js";

const PAUSE_MS = 1200;
const RETRY_MS = [2000, 4000, 8000, 15000, 30000];

const form = document.getElementById("work");
const state = form.querySelector("[data-save-state]");
const conflictBanner = form.querySelector("[data-conflict-banner]");
const refusedNotice = form.querySelector("[data-refused-notice]");
const areas = [...form.querySelectorAll("textarea[data-editor]")];
const exercise = form.dataset.exercise;

const texts = () => Object.fromEntries(areas.map((area) => [area.name, area.value]));
const revision = () => Number(form.elements.revision.value);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// What the server has; null where the page came back with a text that was refused.
let saved = "notKept" in form.dataset ? null : texts();
let saving = null; // the request under way
let timer = 0;
let failures = 0;
let stopped = "inConflict" in form.dataset; // only the learner can go on from here
let leaving = false;

const unsaved = () => !same(texts(), saved);

function show(name) {
  const text = form.dataset[name];
  if (state.textContent !== text) state.textContent = text;
  state.dataset.state = name;
}

function later(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(save, milliseconds);
}

/** Send the page's text if it is not there yet; resolves when nothing is under way. */
function save() {
  clearTimeout(timer);
  if (saving) return saving.then(save);
  if (stopped) return Promise.resolve();
  if (!unsaved()) {
    // Typed, and then typed back to what is kept.
    if (state.dataset.state === "unsaved") show("saved");
    return Promise.resolve();
  }
  saving = send(texts()).finally(() => {
    saving = null;
  });
  return saving;
}

async function send(sent) {
  show("saving");
  keepCopy(exercise, { texts: sent });
  let response;
  try {
    response = await post();
  } catch {
    retry();
    return;
  }
  if (response.ok) received(sent, await response.json());
  else await refused(response);
}

/** The token changes when somebody signs in again in another tab; the cookie has the new one. */
function renewToken() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  if (cookie) form.elements.csrfmiddlewaretoken.value = cookie[1];
}

function post(options = {}) {
  renewToken();
  const body = new FormData(form);
  body.delete("notebook");
  return fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(body),
    headers: { Accept: "application/json" },
    ...options,
  });
}

function received(sent, { revision }) {
  failures = 0;
  saved = sent;
  form.elements.revision.value = revision;
  refusedNotice.hidden = true;
  if (unsaved()) {
    show("unsaved");
    later(PAUSE_MS);
  } else {
    show("saved");
    forgetCopy(exercise);
  }
}

function retry() {
  show("notSaved");
  later(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] * (0.8 + 0.4 * Math.random()));
  failures += 1;
}

async function refused(response) {
  if (response.status === 409) {
    stopped = true;
    show("conflict");
    conflictBanner.hidden = false;
    conflictBanner.scrollIntoView({ block: "nearest" });
    return;
  }
  if (response.status >= 500 || response.status === 429) {
    retry();
    return;
  }
  const problem = await response.json().catch(() => ({}));
  const reasons = (problem.errors ?? []).map(({ where, message }) => `${where}: ${message}`);
  show(response.status === 403 ? "signedOut" : "refused");
  refusedNotice.querySelector("[data-refused-text]").textContent =
    [problem.detail, ...reasons].filter(Boolean).join(" ") || form.dataset.refused;
  refusedNotice.querySelector("[data-signed-out-link]").hidden = response.status !== 403;
  refusedNotice.hidden = false;
  // Somebody who signs in elsewhere comes back to this tab: then it is worth another try.
  window.addEventListener("focus", () => later(300), { once: true });
}

// -- Writing ---------------------------------------------------------------------------------------

for (const area of areas) {
  enhance(area, () => {
    state.textContent = form.dataset.tabLeaves;
  });
}

form.addEventListener("input", (event) => {
  if (!areas.includes(event.target)) return;
  if (stopped) {
    keepCopy(exercise, { texts: texts() });
    return;
  }
  show("unsaved");
  later(PAUSE_MS);
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    void save();
  }
});

window.addEventListener("online", () => later(0));

// -- Buttons: the browser sends the form, once, and not before a save under way has ended ------------

form.addEventListener("submit", (event) => {
  if (leaving) {
    event.preventDefault();
    return;
  }
  clearTimeout(timer);
  if (saving) {
    event.preventDefault();
    const button = event.submitter;
    saving.then(() => form.requestSubmit(button?.form === form ? button : null));
    return;
  }
  renewToken();
  if (unsaved()) keepCopy(exercise, { texts: texts(), sentFrom: revision() });
  leaving = true;
});

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  // Back through the browser's memory: the server may have moved on with this very text.
  leaving = false;
  saved = null;
  void save();
});

for (const link of document.querySelectorAll("[data-needs-saved]")) {
  link.addEventListener("click", async (event) => {
    if (!unsaved() || stopped) return;
    event.preventDefault();
    await save();
    location.assign(link.href);
  });
}

// -- Leaving -----------------------------------------------------------------------------------------

window.addEventListener("pagehide", () => {
  if (leaving || stopped || !unsaved()) return;
  keepCopy(exercise, { texts: texts() });
  // Browsers take no more than 64 KB on the way out; the copy above is for the rest.
  post({ keepalive: true }).catch(() => {});
});

window.addEventListener("beforeunload", (event) => {
  if (!leaving && unsaved()) event.preventDefault();
});

// -- What an earlier visit or another tab left ---------------------------------------------------------

function fill(copy) {
  for (const area of areas) {
    if (area.name in copy) area.value = copy[area.name];
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** The copy's texts, if they differ from the page and never reached the server. */
function lostTexts() {
  const { texts: copied = {}, sentFrom = Infinity } = readCopy(exercise) ?? {};
  // Every button saves first, so a draft that went on since then has had this text.
  if (revision() > sentFrom) return null;
  return areas.some(({ name, value }) => name in copied && copied[name] !== value) ? copied : null;
}

const copy = lostTexts();
const copyNotice = form.querySelector("[data-copy-notice]");
if (!copy) {
  if (saved) forgetCopy(exercise);
} else if (!stopped) {
  copyNotice.hidden = false;
  copyNotice.querySelector("[data-copy-use]").addEventListener("click", () => {
    copyNotice.hidden = true;
    fill(copy);
  });
  copyNotice.querySelector("[data-copy-drop]").addEventListener("click", () => {
    copyNotice.hidden = true;
    forgetCopy(exercise);
  });
}

if (!saved && !stopped) later(PAUSE_MS);

watchTabs(exercise, () => {
  form.querySelector("[data-tabs-notice]").hidden = false;
});
