/* The "Today" and "Yesterday" buttons beside a date of three fields.
   They are hidden where no script runs. */
(function () {
  "use strict";

  function fill(group, daysBack) {
    const day = new Date();
    day.setDate(day.getDate() - daysBack);
    const values = { day: day.getDate(), month: day.getMonth() + 1, year: day.getFullYear() };
    for (const field of group.querySelectorAll("[data-date-part]")) {
      field.value = values[field.dataset.datePart];
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const status = group.querySelector("[data-date-status]");
    if (status) status.textContent = day.toLocaleDateString(document.documentElement.lang || undefined, { dateStyle: "full" });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-days-back]");
    if (button) fill(button.closest("[data-date-group]"), Number(button.dataset.daysBack));
  });
})();
