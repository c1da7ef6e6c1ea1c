// The year's days are one stop for the keyboard: arrows go from day to day, Home and End to the first and the last of the month.
(() => {
  "use strict";
  const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  const year = document.querySelector("[data-days]");
  if (!year) return;
  const days = [...year.querySelectorAll("td a")];

  function stop(day) {
    for (const each of days) each.tabIndex = each === day ? 0 : -1;
  }

  function onto(day) {
    stop(day);
    day.focus();
  }

  year.addEventListener("keydown", (event) => {
    const at = days.indexOf(event.target);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const month = days.filter((day) => day.closest("table") === event.target.closest("table"));
    const ends = { Home: month[0], End: month.at(-1) };
    const day = event.key in STEPS ? days[Math.min(days.length - 1, Math.max(0, at + STEPS[event.key]))] : ends[event.key];
    if (!day) return;
    event.preventDefault();
    onto(day);
  });
  year.addEventListener("focusin", (event) => days.includes(event.target) && stop(event.target));
  if (days.length) stop(year.querySelector('[aria-current="date"] a') || days[0]);
})();
