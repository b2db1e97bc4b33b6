// A copy of what is being written in this tab's own storage, and word from other tabs.

const key = (exercise) => `work:${exercise}`;

/** Keep `{texts, sentFrom}`: by field name, and the revision of the page that sent them with a button. */
export function keepCopy(exercise, copy) {
  try {
    sessionStorage.setItem(key(exercise), JSON.stringify(copy));
  } catch {
    // Storage is full or forbidden: the page and the server still have the text.
  }
}

export function readCopy(exercise) {
  try {
    return JSON.parse(sessionStorage.getItem(key(exercise)));
  } catch {
    return null;
  }
}

export function forgetCopy(exercise) {
  try {
    sessionStorage.removeItem(key(exercise));
  } catch {
    // Then there is none.
  }
}

/** Call `noticed` when the exercise is open in another tab of this browser. */
export function watchTabs(exercise, noticed) {
  if (!("BroadcastChannel" in window)) return;
  const channel = new BroadcastChannel(key(exercise));
  channel.addEventListener("message", ({ data }) => {
    noticed();
    if (data === "here?") channel.postMessage("here");
  });
  channel.postMessage("here?");
}
