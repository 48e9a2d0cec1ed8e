// Warns before the session ends. The seconds stand on <body>; staying signed in is one small request.

export function sessionWarning(document) {
  const bar = document.querySelector("[data-session]");
  const seconds = Number(document.body.dataset.sessionSeconds);
  if (!bar || !seconds) return;
  const warning = Number(document.body.dataset.sessionWarning) || 300;
  let ends = Date.now() + seconds * 1000;

  const look = () => {
    const left = Math.round((ends - Date.now()) / 1000);
    if (left > warning) return hide(bar);
    if (bar.hidden) {
      bar.hidden = false;
      bar.querySelector("[data-session-stay]").focus({ preventScroll: true });
    }
    bar.querySelector("[data-session-left]").textContent = inWords(left);
  };

  const form = bar.querySelector("form");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    if (answer.ok) ends = Date.now() + seconds * 1000;
    look();
  });
  setInterval(look, 15000);
}

function hide(bar) {
  bar.hidden = true;
}

// Minutes only: a count of seconds would be read aloud over and over.
function inWords(left) {
  if (left <= 0) return "now";
  const minutes = Math.ceil(left / 60);
  return minutes === 1 ? "in 1 minute" : `in ${minutes} minutes`;
}
