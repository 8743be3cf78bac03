/* A page goes with its session: when that has ended, here or elsewhere, what the page shows is taken out
   of it. Asks once a minute, and when a tab comes back; asking is no use of the session, typing is one. */
(function () {
  "use strict";
  const EVERY = 60000; // how often to ask
  const LOOK = 5000; // how often to look at the clock: a machine that slept missed its timers
  const PATIENCE = 10000; // for one answer

  const closed = document.getElementById("page-closed");
  const token = document.querySelector("input[name=csrfmiddlewaretoken]").value; // of this sign-in
  const idle = Number(closed.dataset.idleMinutes) * 60000;
  let known = Date.now(); // when the session was last known to live
  let asked = known;
  let asking = false;
  let typing = false; // since the last time the session was used
  let unsent = false;

  function cover(on) {
    document.documentElement.classList.toggle("covered", on);
  }

  function close() {
    window.clearInterval(looking);
    const form = document.querySelector("form[data-draft-url]");
    const kept = Boolean(form && form.dataset.draftKept);
    document.title = closed.dataset.title;
    document.body.replaceChildren(closed.content.cloneNode(true));
    for (const words of document.querySelectorAll("[data-closed]")) {
      words.hidden = !unsent || (words.dataset.closed === "kept") !== kept;
    }
    const back = new URLSearchParams({ next: location.pathname + location.search, ended: "idle" });
    document.querySelector("main a").search = back.toString();
    document.querySelector("h1").focus();
    cover(false);
  }

  // "alive", "ended", or nothing where there was no answer.
  async function answer(used) {
    try {
      const said = await fetch(closed.dataset.url, {
        method: "POST",
        headers: { "X-CSRFToken": token, ...(used ? {} : { "Renews-Itself": "1" }) },
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE),
      });
      // 403: somebody else signed in since, and this page's forms are no good any more.
      if (said.status === 403 || said.type === "opaqueredirect") return "ended";
      return said.ok ? (await said.text()).trim() : "";
    } catch (error) {
      return "";
    }
  }

  async function ask() {
    if (asking) return;
    asking = true;
    asked = Date.now();
    const used = typing;
    typing = false;
    const said = await answer(used);
    asking = false;
    if (said === "alive") known = Date.now();
    else typing = typing || used;
    // Without an answer the page stays as long as the session would, and not longer.
    if (said === "ended" || Date.now() - known >= idle) close();
    else cover(false);
  }

  function look() {
    if (Date.now() - known >= idle) cover(true);
    if (Date.now() - asked >= EVERY) ask();
  }

  function here() {
    if (Date.now() - known >= EVERY) cover(true);
    ask();
  }

  document.addEventListener("input", () => {
    typing = true;
    unsent = true;
  });
  document.addEventListener("submit", () => {
    unsent = false;
  });
  window.addEventListener("pageshow", (event) => event.persisted && here());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && here());
  const looking = window.setInterval(look, LOOK);
})();
