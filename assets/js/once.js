// A second click on the same button within a few seconds sends nothing. The server refuses doubles by itself as well.

const PAUSE = 8000;

export function oneSubmission(root) {
  for (const form of root.querySelectorAll("form[data-once]")) {
    if (form.dataset.once === "on") continue;
    form.dataset.once = "on";
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      const button = event.submitter;
      button?.setAttribute("aria-disabled", "true");
      setTimeout(() => release(form, button), PAUSE);
    });
  }
}

function release(form, button) {
  delete form.dataset.sent;
  button?.removeAttribute("aria-disabled");
}

// The back button may bring the page back as it was left: let it be sent again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) release(form, form.querySelector("[aria-disabled]"));
});
