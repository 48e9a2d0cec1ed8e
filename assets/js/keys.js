// Keys of the judging desk: 1-9 choose a criterion, A and D agree and disagree, J and K go to the next and previous
// item, Ctrl+Enter saves and goes on. They can be turned off and stay off; nothing needs them.

const OFF = "portal-keys-off";
let chosen = 0;

export function judgingKeys(root) {
  const list = root.querySelector("[data-keys]");
  if (!list || !list.hidden) return;
  list.hidden = false;
  const button = list.querySelector("[data-keys-switch]");
  label(button);
  button.addEventListener("click", () => {
    localStorage.setItem(OFF, isOff() ? "" : "yes");
    label(button);
  });
  document.addEventListener("keydown", press);
}

function isOff() {
  return localStorage.getItem(OFF) === "yes";
}

function label(button) {
  button.textContent = isOff() ? "Turn keys on" : "Turn keys off";
}

function press(event) {
  if (isOff()) return;
  if (event.key === "Enter" && event.ctrlKey) {
    const save = document.querySelector("[data-key-save]");
    if (save) {
      event.preventDefault();
      save.click();
    }
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
  const key = event.key.toLowerCase();
  if (/^[1-9]$/.test(key)) choose(Number(key));
  else if (key === "a") answer("agree");
  else if (key === "d") answer("disagree");
  else if (key === "j") follow("next");
  else if (key === "k") follow("prev");
  else return;
  event.preventDefault();
}

// Radios take digits and letters for nothing, so only text controls keep the keys for themselves.
function typing(element) {
  return element.isContentEditable || element.matches("textarea, select, input:not([type=radio], [type=checkbox])");
}

function choose(number) {
  const row = document.querySelector(`[data-criterion="${number}"]`);
  if (!row) return;
  document.querySelector(".qa-criteria__chosen")?.classList.remove("qa-criteria__chosen");
  row.classList.add("qa-criteria__chosen");
  chosen = number;
  (row.querySelector("input:checked") ?? row.querySelector("input"))?.focus();
}

function answer(value) {
  const focused = document.activeElement?.closest?.("[data-criterion]");
  const row = focused ?? document.querySelector(`[data-criterion="${chosen || 1}"]`);
  const radio = row?.querySelector(`input[value="${value}"]`);
  if (!radio) return;
  radio.checked = true;
  radio.focus();
  radio.dispatchEvent(new Event("input", { bubbles: true }));
  radio.dispatchEvent(new Event("change", { bubbles: true }));
}

function follow(relation) {
  document.querySelector(`a[rel="${relation}"]`)?.click();
}

// A row that is disagreed with is marked at once, as the server will mark it.
document.addEventListener("change", (event) => {
  const row = event.target.closest?.("[data-criterion]");
  if (row) row.classList.toggle("qa-criteria__disagreed", event.target.value === "disagree");
});
