// Asks before a page with changed fields is left; forms that opt in carry data-unsaved.

export function unsavedChanges(root) {
  for (const form of root.querySelectorAll("form[data-unsaved]")) {
    if (form.dataset.unsaved === "on") continue;
    form.dataset.unsaved = "on";
    let changed = false;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => {
      if (changed) event.preventDefault();
    });
  }
}
