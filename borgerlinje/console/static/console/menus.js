// The editor of telephone menus: how far a recording has been sent, open details that stay open, and where one goes on typing.
(() => {
  "use strict";
  const opened = new Set();

  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.querySelector && event.target.querySelector("progress");
    if (!bar || !event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.value = (100 * event.detail.loaded) / event.detail.total;
  });

  // Nobody is left without a word when the network or the server is away.
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      if (!event.target.closest || !event.target.closest("#menu-editor")) return;
      const said = document.getElementById("said");
      said.textContent = document.documentElement.lang === "en"
        ? "Not saved: there is no connection. What you wrote is still here. Try again."
        : "Ikke gemt: der er ingen forbindelse. Det, du skrev, står her endnu. Prøv igen.";
      setTimeout(() => { said.textContent = ""; }, 8000);
    });
  }

  document.addEventListener("toggle", (event) => {
    const id = event.target.matches && event.target.matches("details[data-keep-open]") && event.target.id;
    if (!id) return;
    if (event.target.open) opened.add(id);
    else opened.delete(id);
  }, true);

  document.addEventListener("htmx:afterSettle", (event) => {
    if (!event.target.closest || !event.target.closest("#menu-editor")) return;
    for (const id of opened) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }
    // What was added is where one goes on.
    const fresh = document.querySelector("[data-fresh]");
    const field = fresh && fresh.querySelector("select, input:not([type='hidden'])");
    if (fresh) fresh.removeAttribute("data-fresh");
    if (field) field.focus();
  });
})();
