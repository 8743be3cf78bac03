/* The page round check-log.js: a button, the findings in words, and a checkpoint kept if wanted.
   Every word comes from the element with data-check-log, so that it is in the reader's language:

   data-check-log          address of the person's file; "?since=SIZE" is added when a checkpoint is kept
   data-check-entries      address before the path of a bundle of entries; absent: later ones not looked at
   data-check-key          the log's key
   data-say-NAME-OUTCOME   words for a finding, with {size}, {count}, {bad}, {leaves}, {number}, {id};
                           NAME is browser, file, signature, key-short, key-form, key, since, events, removed, complete, later,
                           OUTCOME is true, false or open; a finding without words is not shown
   data-say-working, data-say-kept, data-say-forgotten, data-say-unreachable
   data-say-verdict-OUTCOME words for all of it: true, self (the log agrees with itself), open (not finished), false

   Inside: [data-check-start] the button (hidden without scripts), [data-check-findings] a list, which may
   lie in a folded part where [data-check-verdict] is another list, with role="status", for the verdict, [data-check-remember] a checkbox: whether to keep the checkpoint in this browser,
   [data-check-own] a field for the key that the reader has from elsewhere. Afterwards the element has
   data-check-state: "false", "true", or "self" where the log agrees with itself only.
   [data-log-event="ID"] anywhere on the page gets data-checked="true" or "false". */
(function () {
  "use strict";

  function path(number, width) {
    const digits = String(number).padStart(Math.ceil(String(number).length / 3) * 3, "0");
    const groups = digits.match(/.{3}/g);
    const name = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
    return width === 256 ? name : `${name}.p/${width}`;
  }

  async function fetched(url) {
    const answer = await fetch(url, { credentials: "same-origin", cache: "no-store", redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  }

  // Private windows and strict settings have no storage: then nothing is kept.
  const stored = (action) => {
    try {
      return action(window.localStorage);
    } catch {
      return null;
    }
  };
  const keptCheckpoint = () => stored((storage) => storage.getItem(window.checkLog.STORE));

  function words(box, name, detail = {}) {
    const key = `say${name.replace(/(^|-)([a-z])/g, (_, dash, letter) => letter.toUpperCase())}`;
    const text = box.dataset[key];
    return text && text.replace(/\{([a-z]+)\}/g, (whole, part) => (part in detail ? String(detail[part]) : whole));
  }

  function show(list, outcome, text) {
    if (!text) return;
    const line = document.createElement("li");
    line.dataset.outcome = outcome;
    line.textContent = text;
    list.append(line);
  }

  function mark(file, findings) {
    const found = findings.find((finding) => finding.name === "events");
    const bad = new Set(found ? found.detail.items : []);
    for (const item of found ? file.events : []) {
      let id = "";
      try {
        id = JSON.parse(item.event).id;
      } catch {
        continue;
      }
      const line = document.querySelector(`[data-log-event="${CSS.escape(id)}"]`);
      if (line) line.dataset.checked = String(!bad.has(item));
    }
  }

  async function check(box, list) {
    const key = box.dataset.checkKey;
    const since = keptCheckpoint();
    let url = box.dataset.checkLog;
    if (since) {
      try {
        const old = window.checkLog.readCheckpoint(since, await window.checkLog.readKey(key));
        url += `${url.includes("?") ? "&" : "?"}since=${old.size}`;
      } catch {
        // what is kept is of another log: the finding will say so
      }
    }
    const file = await (await fetched(url)).json();
    const entries =
      box.dataset.checkEntries &&
      (async (number, width) =>
        new Uint8Array(await (await fetched(box.dataset.checkEntries + path(number, width))).arrayBuffer()));
    const field = box.querySelector("[data-check-own]");
    const findings = await window.checkLog(file, { key, own: field && field.value, since, entries });
    box.dataset.checkState = stateOf(findings);
    conclude(box, list, findings);
    for (const { name, outcome, detail } of findings) show(list, outcome, words(box, `${name}-${outcome}`, detail));
    mark(file, findings);
    remember(box, list, file, findings);
  }

  /* The verdict first, and the details unfolded only where something is wrong. */
  function conclude(box, list, findings) {
    const verdict = box.querySelector("[data-check-verdict]");
    if (!verdict) return;
    const found = (name) => findings.some((finding) => finding.name === name && finding.outcome === "true");
    const all = found("signature") && found("events") && found("complete");
    const state = box.dataset.checkState;
    const said = state === "false" || all ? state : "open";
    show(verdict, said === "self" ? "true" : said, words(box, `verdict-${said}`));
    const folded = list.closest("details");
    if (folded && said === "false") folded.open = true;
  }

  /* True needs a signature that was checked, under a key that did not come with the log. */
  function stateOf(findings) {
    const outcome = (name) => (findings.find((finding) => finding.name === name) || {}).outcome;
    if (findings.some((finding) => finding.outcome === "false")) return "false";
    return outcome("signature") === "true" && outcome("key") === "true" ? "true" : "self";
  }

  /* Only a log that was found true, and only with the person's consent; it never replaces what disagrees. */
  function remember(box, list, file, findings) {
    const choice = box.querySelector("[data-check-remember]");
    const well = findings.every(({ outcome }) => outcome !== "false");
    if (!choice || !choice.checked || !well || !findings.length) return;
    const kept = stored((storage) => storage.setItem(window.checkLog.STORE, file.checkpoint) || true);
    if (kept) show(list, "kept", words(box, "kept"));
  }

  function start(box) {
    const button = box.querySelector("[data-check-start]");
    const list = box.querySelector("[data-check-findings]");
    const choice = box.querySelector("[data-check-remember]");
    const says = box.querySelector("[data-check-verdict]") || list;
    button.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      list.replaceChildren();
      says.replaceChildren();
      delete box.dataset.checkState;
      show(says, "working", words(box, "working"));
      const shown = says.childNodes.length;
      try {
        await check(box, list);
      } catch {
        show(says, "open", words(box, "unreachable"));
      }
      for (const line of Array.from(says.childNodes).slice(0, shown)) line.remove();
      button.disabled = false;
    });
    if (!choice) return;
    choice.checked = Boolean(keptCheckpoint());
    choice.addEventListener("change", () => {
      if (choice.checked) return;
      stored((storage) => storage.removeItem(window.checkLog.STORE));
      list.replaceChildren();
      says.replaceChildren();
      show(says, "forgotten", words(box, "forgotten"));
    });
  }

  document.querySelectorAll("[data-check-log]").forEach(start);
})();
