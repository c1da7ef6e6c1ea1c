// What every page does: clocks that run, fragments that re-read themselves when the server says that something changed.
(() => {
  "use strict";
  const skew = { ms: 0 };

  function runClocks() {
    const now = Date.now() + skew.ms;
    for (const clock of document.querySelectorAll("time[data-since]")) {
      const gone = Math.max(0, Math.floor((now - Date.parse(clock.dataset.since)) / 1000));
      clock.textContent = `${Math.floor(gone / 60)}.${String(gone % 60).padStart(2, "0")}`;
    }
    for (const left of document.querySelectorAll("[data-until]")) {
      const seconds = Math.max(0, Math.ceil((Date.parse(left.dataset.until) - now) / 1000));
      left.textContent = left.dataset.unit ? `${seconds} ${left.dataset.unit}` : String(seconds);
    }
    for (const bar of document.querySelectorAll("rect[data-from][data-to]")) {
      const from = Date.parse(bar.dataset.from);
      const part = Math.min(1, Math.max(0, (Date.parse(bar.dataset.to) - now) / (Date.parse(bar.dataset.to) - from)));
      bar.setAttribute("width", String(100 * part));
    }
  }

  // The server's clock counts: it comes with every answer.
  document.addEventListener("htmx:afterRequest", (event) => {
    const date = event.detail.xhr && event.detail.xhr.getResponseHeader("Date");
    if (date) skew.ms = Math.abs(Date.parse(date) - Date.now()) > 5000 ? Date.parse(date) - Date.now() : 0;
  });

  function listen() {
    if (!document.querySelector("[data-live]")) return;
    const stream = new EventSource("/live/");
    let lost = false;
    const tell = (topic) => {
      for (const element of document.querySelectorAll("[data-live]")) {
        if (!topic || element.dataset.live.split(" ").includes(topic)) htmx.trigger(element, "bl:read");
      }
    };
    stream.addEventListener("open", () => {
      if (lost) tell("");
      lost = false;
      document.body.classList.remove("is-offline");
      document.dispatchEvent(new CustomEvent("bl:online"));
    });
    stream.addEventListener("message", (event) => tell(event.data));
    stream.addEventListener("error", () => {
      if (!lost) document.dispatchEvent(new CustomEvent("bl:offline"));
      lost = true;
      document.body.classList.add("is-offline");
      // The browser gives up for good on an error page; then we try again ourselves.
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 2000 + Math.random() * 2000);
    });
  }

  function start() {
    if (window.Idiomorph) {
      Idiomorph.defaults.ignoreActiveValue = true;
      // What a hand is writing is never overwritten by news.
      Idiomorph.defaults.callbacks.beforeNodeMorphed = (old) => !(old.dataset && "dirty" in old.dataset);
    }
    document.body.addEventListener("htmx:beforeSwap", (event) => {
      if (event.detail.xhr.status !== 409) return;
      // It changed meanwhile: the page reads what holds now, and the reason is said beside it, not instead of it.
      const said = document.getElementById("said");
      said.textContent = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").body.textContent.trim();
      setTimeout(() => { said.textContent = ""; }, 8000);
      htmx.trigger(event.detail.target, "bl:read");
    });
    setInterval(runClocks, 500);
    runClocks();
    listen();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
