// Runs inside the frame of an output that brings scripts of its own. Gets {html, theme} once from the page
// around it and answers {height}, again and again. Nothing else passes between the two.

const tellHeight = () => {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  window.parent.postMessage({ height }, "*"); // the page around it has an origin, but this frame may not know it
};

function show(html) {
  // Scripts in a fragment made this way run when it is put into the page; by innerHTML they would not.
  document.body.append(document.createRange().createContextualFragment(html));
  new ResizeObserver(tellHeight).observe(document.documentElement);
  tellHeight();
}

window.addEventListener("message", function receive({ source, data }) {
  if (source !== window.parent || typeof data?.html !== "string") return;
  window.removeEventListener("message", receive);
  document.documentElement.style.colorScheme = data.theme === "dark" ? "dark" : "light";
  show(data.html);
});
