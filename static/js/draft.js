/* Keeps what is being typed as a draft on the server: a few seconds after a change, and when the
   page is left or put aside. The page works without it: there is a button for the same. */
(function () {
  "use strict";
  const QUIET = 3000; // after the last change
  const OFTEN = 8000; // at the latest, while somebody types on

  const form = document.querySelector("form[data-draft-url]");
  if (!form) return;
  const status = form.querySelector("[data-draft-status]");
  let timer = null;
  let since = 0;
  let changed = false;
  let busy = false;
  let sent = false;

  function say(text) {
    if (status && status.textContent !== text) status.textContent = text;
  }

  function content() {
    const data = new FormData(form);
    for (const field of form.querySelectorAll("input[type=file]")) data.delete(field.name);
    return data;
  }

  async function keep(leaving) {
    window.clearTimeout(timer);
    if (!changed || sent || (busy && !leaving)) return;
    changed = false;
    since = 0;
    busy = true;
    try {
      const answer = await fetch(form.dataset.draftUrl, {
        method: "POST",
        body: content(),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        redirect: "manual",
        keepalive: Boolean(leaving),
      });
      if (answer.ok) {
        const said = await answer.json();
        if (said.saved) {
          if (!changed) form.dataset.draftKept = said.at;
          say(form.dataset.draftSaved.replace("00:00", said.at));
        }
      } else if (answer.status === 409) {
        changed = true;
      } else {
        say(answer.type === "opaqueredirect" || answer.status === 403 ? form.dataset.draftOut : form.dataset.draftFailed);
      }
    } catch (error) {
      changed = true;
      say(form.dataset.draftFailed);
    } finally {
      busy = false;
      if (changed && !sent) wait();
    }
  }

  function wait() {
    const now = Date.now();
    if (!since) since = now;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => keep(false), Math.max(0, Math.min(QUIET, since + OFTEN - now)));
  }

  function note(event) {
    if (event.target.type === "file" || event.target.type === "hidden") return;
    changed = true;
    delete form.dataset.draftKept;
    wait();
  }
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("submit", () => {
    sent = true;
    window.clearTimeout(timer);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) sent = false;
  });
  window.addEventListener("pagehide", () => keep(true));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep(true);
  });
})();
