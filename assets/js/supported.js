// Shows what only works with scripts: plain [data-needs-script], and passkeys where the browser has them.

export function showWhatNeedsScripts(root) {
  for (const element of root.querySelectorAll("[data-needs-script]")) {
    if (element.dataset.needsScript === "passkeys" && !window.PublicKeyCredential) continue;
    element.hidden = false;
  }
}
