// The telephone lives in this page. What leads away from it while somebody is on it, or rings, opens beside it; who is ready is asked first.
(() => {
  "use strict";
  const phone = window.blPhone;
  const desk = document.getElementById("desk");
  const question = document.getElementById("leave");
  const texts = JSON.parse(document.getElementById("desk-texts").textContent);
  const standing = () => document.getElementById("indhold").dataset.standing;
  const isBusy = () => phone.isBusy() || ["offered", "talking"].includes(standing());

  // The address that a link leads to from here; empty for one that stays, or that has a window of its own already.
  function way(link) {
    const isOurs = !link.target || "beside" in link.dataset;
    const to = new URL(link.href, location.href);
    return isOurs && to.protocol.startsWith("http") && !link.getAttribute("href").startsWith("#") ? to : null;
  }

  // Said on the link before it is pressed. Each answer draws the links anew, and this over them.
  function paint() {
    for (const link of desk.querySelectorAll("a[href]")) {
      const to = way(link);
      if (!to || to.pathname === location.pathname) continue;
      if (isBusy()) {
        Object.assign(link, { target: "_blank", title: texts.beside });
        link.dataset.beside = "";
      } else if ("beside" in link.dataset) {
        for (const name of ["target", "title", "data-beside"]) link.removeAttribute(name);
      }
    }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("#desk a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.shiftKey || event.metaKey) return;
    paint();
    const to = way(link);
    if (!to || link.target) return;
    const isHere = to.pathname === location.pathname;
    if (!isHere && standing() !== "ready") return;
    event.preventDefault();
    // The desk's own place in the menu: one is there, and loading it anew would end a call.
    if (isHere) document.querySelector("#indhold [data-heading]")?.focus();
    else ask(link);
  });

  function ask(link) {
    for (const one of question.querySelectorAll("a")) one.href = link.href;
    question.querySelector("[data-where]").textContent = link.textContent.trim();
    question.showModal();
  }

  question.addEventListener("click", ({ target }) => {
    const link = target.closest("a");
    if (target.closest("[data-close]") || link?.target) question.close();
    else if (link) phone.letLeave();
  });

  function look() {
    // Somebody calls: nothing lies before that.
    if (question.open && standing() !== "ready") question.close();
    paint();
  }
  document.addEventListener("htmx:afterSettle", look);
  document.addEventListener("bl:phone", look);
  look();
})();
