// The portal's scripts. Every page works without them; each module looks for its own marks and does nothing elsewhere.
import { focusOnNotice } from "./notice.js";
import { judgingKeys } from "./keys.js";
import { oneSubmission } from "./once.js";
import { sessionWarning } from "./session.js";
import { showWhatNeedsScripts } from "./supported.js";
import { unsavedChanges } from "./unsaved.js";
import { uploadProgress } from "./upload.js";

function start(root) {
  showWhatNeedsScripts(root);
  focusOnNotice(root);
  oneSubmission(root);
  uploadProgress(root);
  unsavedChanges(root);
  judgingKeys(root);
}

start(document);
sessionWarning(document);

// Parts that htmx puts into the page are started as well, and their first notice gets the focus.
document.addEventListener("htmx:afterSwap", (event) => start(event.detail.elt));
