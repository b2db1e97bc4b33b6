// Runs before the first paint: no modules, nothing but the theme.
(() => {
  const root = document.documentElement;
  root.dataset.js = "";
  try {
    const choice = localStorage.getItem("theme");
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
  } catch {
    // Storage is forbidden: the system's theme it is.
  }
})();
