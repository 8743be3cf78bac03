/* Small helps for every page: marks that scripts run, sends a form only once,
   moves the focus to what went wrong, closes menus, fetches htmx where it is needed. Pages work without it. */
(function () {
  "use strict";
  const BUSY_LIMIT = 10000; // a download answers without leaving the page: give the button back

  document.documentElement.classList.add("js");

  // htmx weighs more than the rest together: only for a page with a part that is fetched, and once that
  // page can be read. Until then such a part is a link like any other.
  const htmx = document.currentScript.dataset.htmx;
  window.addEventListener("load", () => {
    if (!document.querySelector("[hx-get], [hx-post]")) return;
    const script = document.createElement("script");
    script.src = htmx;
    document.head.append(script);
  });

  function buttonsOf(form) {
    return Array.from(form.elements).filter((element) => element.type === "submit");
  }

  function release(form) {
    delete form.dataset.sent;
    for (const button of buttonsOf(form)) {
      if (button.dataset.busy) {
        delete button.dataset.busy;
        button.disabled = false;
        button.removeAttribute("aria-busy");
      }
    }
  }

  function hold(form) {
    for (const button of buttonsOf(form)) {
      if (!button.disabled) {
        button.dataset.busy = "1";
        button.disabled = true;
        button.setAttribute("aria-busy", "true");
      }
    }
    window.setTimeout(() => release(form), BUSY_LIMIT);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    // After this turn, so that the pressed button's own name and value still go with the form.
    window.setTimeout(() => hold(form), 0);
  });

  // A password is shown while its button is pressed in, and never when it is sent.
  function shows(button, shown) {
    const field = document.getElementById(button.getAttribute("aria-controls"));
    if (field) field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-show-password]");
    if (button) shows(button, button.getAttribute("aria-pressed") !== "true");
  });
  document.addEventListener("submit", (event) => {
    for (const button of event.target.querySelectorAll("[data-show-password]")) shows(button, false);
  });

  // A page brought back by the Back button must not keep dead buttons.
  window.addEventListener("pageshow", () => Array.from(document.forms).forEach(release));

  function formOf(event) {
    const element = event.detail && event.detail.elt;
    return element instanceof HTMLFormElement ? element : null;
  }
  document.addEventListener("htmx:beforeSend", (event) => formOf(event) && hold(formOf(event)));
  document.addEventListener("htmx:afterRequest", (event) => formOf(event) && release(formOf(event)));

  // What was fetched into the page takes the focus; what could not be fetched says so.
  document.addEventListener("htmx:afterSwap", (event) => {
    const fetched = event.target.querySelector("[data-focus]");
    if (fetched) fetched.focus();
  });
  document.addEventListener("htmx:sendError", (event) => {
    const status = event.detail.target && event.detail.target.querySelector("[data-failed]");
    if (status) status.textContent = status.dataset.failed;
  });

  function showErrors(root) {
    const summary = root.querySelector("[data-error-summary]");
    if (summary) summary.focus();
  }
  document.addEventListener("DOMContentLoaded", () => showErrors(document));
  document.addEventListener("htmx:afterSettle", (event) => showErrors(event.target));

  // A link of the summary leads to the field itself, with its label in sight.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-error-summary] a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.closest(".field") || field).scrollIntoView();
    field.focus({ preventScroll: true });
  });

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(except)) menu.open = false;
    }
  }
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement.closest("details.menu[open]");
    closeMenus(null);
    if (menu) menu.querySelector("summary").focus();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
})();
