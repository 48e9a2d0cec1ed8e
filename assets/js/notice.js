// Moves the focus once to the error summary or to what just happened, so that it is read first.

export function focusOnNotice(root) {
  const notice = root.querySelector("[data-focus]");
  if (!notice || notice.dataset.focus === "done") return;
  notice.dataset.focus = "done";
  notice.focus();
  // After that it is an ordinary part of the page, not a stop of the Tab key.
  notice.addEventListener("blur", () => notice.removeAttribute("tabindex"), { once: true });
}

// A link of the error summary leads to the field itself, with its label or legend in view.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".govuk-error-summary a[href^='#']");
  if (!link) return;
  const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  const name = field.closest("fieldset")?.querySelector("legend") ?? document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
  (name ?? field).scrollIntoView();
  field.focus({ preventScroll: true });
});
