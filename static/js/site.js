// What every page does, and can do without.

const root = document.documentElement;

// -- Theme: system, light or dark ---------------------------------------------------------------

const YEAR_SECONDS = 365 * 24 * 3600;
const currentTheme = () => root.dataset.theme ?? "system";

function showTheme() {
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === currentTheme()));
  }
}

function chooseTheme(choice) {
  if (choice === "system") delete root.dataset.theme;
  else root.dataset.theme = choice;
  // A cookie, so that the server writes it into the next page: nothing is painted in the other theme first.
  const seconds = choice === "system" ? 0 : YEAR_SECONDS;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${choice}; path=/; max-age=${seconds}; samesite=lax${secure}`;
  showTheme();
}

// -- Menus made of details: one open at a time, closed by Escape or a click elsewhere --------------

function closeMenus(except = null) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  closeMenus(target?.closest("details[data-menu]"));
  const theme = target?.closest("[data-theme-choice]");
  if (theme) chooseTheme(theme.dataset.themeChoice);
  const copy = target?.closest("[data-copy]");
  if (copy) void copyText(copy);
  if (target?.closest("[data-back]")) history.back();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details[data-menu][open]");
  closeMenus();
  if (open?.contains(document.activeElement)) open.querySelector("summary").focus();
});

// -- Copy: <button data-copy="#id" data-copied="Copied"> -------------------------------------------

async function copyText(button) {
  const source = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    button.textContent = button.dataset.copied;
  } catch {
    getSelection().selectAllChildren(source);
  }
}

// -- Ask before what cannot be undone: <form data-confirm="Really?"> -------------------------------

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// -- The browser's time zone, where a form asks for one: <button data-timezone-for="id"> ------------

for (const button of document.querySelectorAll("[data-timezone-for]")) {
  // Asked for only where it is needed: the browser's tables of zones cost more than the rest of this file.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const field = document.getElementById(button.dataset.timezoneFor);
  const known = [...field.options].some((option) => option.value === zone);
  if (!known || field.value === zone) continue;
  button.hidden = false;
  button.textContent = button.textContent.replace("…", zone.replaceAll("_", " "));
  button.addEventListener("click", () => {
    field.value = zone;
    button.hidden = true;
    field.focus();
  });
}

// -- Whoever points at a link to an exercise opens it soon: its scripts and looks are got ready ------

const POINTING = ["pointerover", "focusin"];

function getAhead(event) {
  const { exerciseScript, exerciseStyle } = document.body.dataset;
  if (!exerciseScript || !event.target.closest?.('a[href^="/exercises/"]')) return;
  for (const kind of POINTING) document.removeEventListener(kind, getAhead);
  if (navigator.connection?.saveData) return;
  const script = document.createElement("script"); // does nothing on a page without a notebook
  script.src = exerciseScript;
  const sheet = document.createElement("link");
  Object.assign(sheet, { rel: "stylesheet", href: exerciseStyle, media: "not all" }); // for that page only
  document.head.append(script, sheet);
}

for (const kind of POINTING) document.addEventListener(kind, getAhead);

showTheme();
