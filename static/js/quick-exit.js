/* "Leave quickly": empties the page at once, then replaces it, so that Back does not return to it.
   Escape pressed twice within two seconds does the same. Without scripts the link still leaves. */
(function () {
  "use strict";
  const WITHIN = 2000;
  let lastEscape = -Infinity;

  function leave(url) {
    document.title = " ";
    if (document.body) document.body.hidden = true;
    window.location.replace(url);
  }

  function exitLink() {
    return document.querySelector("[data-quick-exit]");
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-quick-exit]");
    if (!link) return;
    event.preventDefault();
    leave(link.href);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    const link = exitLink();
    if (!link) return;
    const now = performance.now();
    if (now - lastEscape < WITHIN) {
      leave(link.href);
      return;
    }
    lastEscape = now;
    const status = document.querySelector("[data-quick-exit-status]");
    if (!status) return;
    status.textContent = status.dataset.quickExitStatus;
    window.setTimeout(() => { status.textContent = ""; }, WITHIN);
  });

  // A page that the browser kept in memory must not come back to life.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && exitLink()) window.location.reload();
  });
})();
