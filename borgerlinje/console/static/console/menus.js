// The editor of telephone menus: how far a recording has been sent, what stays as it is while news comes in, and where one goes on typing.
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
      for (const field of event.target.querySelectorAll("textarea, select, input:not([type='hidden'])")) field.dataset.dirty = "";
      const said = document.getElementById("said");
      said.textContent = document.documentElement.lang === "en"
        ? "Not saved: there is no connection. What you wrote is still here. Try again."
        : "Ikke gemt: der er ingen forbindelse. Det, du skrev, står her endnu. Prøv igen.";
      setTimeout(() => { said.textContent = ""; }, 8000);
    });
  }

  // What is being written while another change is on its way is not overwritten by the answer to that; once sent, it is the server's.
  document.addEventListener("input", (event) => {
    if (event.target.closest("#menu-editor form[hx-post]")) event.target.dataset.dirty = "";
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    for (const field of event.target.querySelectorAll("[data-dirty]")) delete field.dataset.dirty;
  });

  // The file is with the server, or was refused: the same one may be chosen again.
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (!form.matches(".bl-menu-upload")) return;
    form.reset();
    form.querySelector("progress").hidden = true;
  });

  // By hand only: an answer closes them too, for the server does not know which are open.
  document.addEventListener("click", (event) => {
    const details = event.target.closest("summary") && event.target.closest("details[data-keep-open]");
    if (!details) return;
    if (details.open) opened.delete(details.id);
    else opened.add(details.id);
  });

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
