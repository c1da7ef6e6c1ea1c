// The guides beside the conversation: Ctrl+K goes to the search, arrows through what is found, and what is written in the note suggests more.
(() => {
  "use strict";
  const search = () => document.getElementById("guide-q");
  // Enter was pressed before the answer to what is typed came: its first guide is opened when it does.
  let isAwaited = false;

  // Hands may be quicker than htmx, which takes a new button up a moment after it is drawn.
  document.addEventListener(
    "click",
    ({ target }) => {
      const button = target.closest?.("[data-guides] button[hx-post]");
      if (button) htmx.process(button);
    },
    true,
  );

  const enter = (list, found) => {
    htmx.trigger(search(), "bl:sent");
    if (list?.dataset.asked === search().value.trim()) {
      found[0]?.click();
    } else {
      isAwaited = true;
      search().form.requestSubmit();
    }
  };

  document.addEventListener("keydown", (event) => {
    const isSearchKey = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";
    if (isSearchKey && search()) {
      event.preventDefault();
      search().focus();
      search().select();
      return;
    }
    const pane = event.target.closest?.("[data-guides]");
    if (!pane || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
    const list = pane.querySelector("[data-asked]");
    const found = [...pane.querySelectorAll(".bl-found button")];
    const at = found.indexOf(event.target);
    if (event.key === "Enter" && event.target === search()) {
      event.preventDefault();
      if (search().value.trim()) enter(list, found);
    } else if (event.key !== "Enter" && found.length && (at >= 0 || event.target === search())) {
      event.preventDefault();
      const to = at + (event.key === "ArrowDown" ? 1 : -1);
      (to < 0 ? search() : found[Math.min(to, found.length - 1)])?.focus();
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      found[at].click();
    }
  });

  // What is typed on is another question: the answer to the one before opens nothing.
  document.addEventListener("input", ({ target }) => {
    if (target === search()) isAwaited = false;
  });

  // A guide that was chosen is read from its title on.
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (!detail.target.classList.contains("bl-guide__body")) return;
    detail.target.querySelector("#guide")?.focus({ preventScroll: true });
    const first = detail.target.querySelector(".bl-found button");
    if (isAwaited && detail.target.querySelector("[data-asked]")) {
      isAwaited = false;
      first?.click();
    }
  });

  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful && detail.elt.id === "note-form") document.body.dispatchEvent(new CustomEvent("bl:noted"));
  });
})();
