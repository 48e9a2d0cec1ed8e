// How far an upload is, in numbers, below the file field. Without scripts the form is sent as ever.

export function uploadProgress(root) {
  for (const mark of root.querySelectorAll("[data-upload-progress]")) {
    const form = mark.closest("form");
    const says = mark.querySelector("[data-upload-says]");
    if (!form || !says || form.dataset.uploads) continue;
    form.dataset.uploads = "on";
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented || !sizeOf(form)) return;
      event.preventDefault();
      send(form, event.submitter, says);
    });
  }
}

function sizeOf(form) {
  let bytes = 0;
  for (const field of form.querySelectorAll("input[type=file]")) for (const file of field.files) bytes += file.size;
  return bytes;
}

function send(form, button, says) {
  const body = new FormData(form);
  if (button?.name) body.append(button.name, button.value);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) tell(says, `${megabytes(event.loaded)} of ${megabytes(event.total)} MB sent`);
  });
  request.addEventListener("load", () => show(request));
  request.addEventListener("error", () => tell(says, "The connection was lost. Nothing was saved: send it again."));
  tell(says, "Sending");
  request.send(body);
}

function tell(says, words) {
  says.hidden = false;
  says.textContent = words;
}

function megabytes(bytes) {
  return (bytes / 1048576).toFixed(1);
}

// The answer is a page, which may hold a message that is told once: it is shown as it came, not asked for again.
function show(request) {
  // A page about work under way reloads itself by a header, which only a real visit obeys.
  if (request.getResponseHeader("Refresh")) return location.replace(request.responseURL);
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  history.replaceState(null, "", request.responseURL);
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  window.scrollTo(0, 0);
  // The other modules start what is new in the page, as they do for what htmx brings.
  document.dispatchEvent(new CustomEvent("htmx:afterSwap", { detail: { elt: document.body } }));
}
