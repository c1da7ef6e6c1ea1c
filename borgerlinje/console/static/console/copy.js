// A button that copies a field: it shows itself where scripts run, and says what it did. Without it the field is selected and copied by hand.
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    const told = button.closest(".bl-field").querySelector("[data-copied]");
    button.hidden = false;
    field.addEventListener("focus", () => field.select());
    button.addEventListener("click", async () => {
      field.select();
      // Emptied first, so that it is said again when it is pressed again.
      told.textContent = "";
      try {
        await navigator.clipboard.writeText(field.value);
        told.textContent = button.dataset.done;
      } catch {
        told.textContent = button.dataset.failed;
      }
    });
  }
})();
