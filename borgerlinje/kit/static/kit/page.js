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

  // News of what many share is read at most once a second, and not by every browser in the same instant.
  const GAP_MS = 1000;
  const SPREAD_MS = 250;
  const reads = new WeakMap();

  function read(element, isUrgent, spread) {
    const known = reads.get(element) || { at: 0, timer: 0 };
    reads.set(element, known);
    const now = () => {
      clearTimeout(known.timer);
      known.timer = 0;
      known.at = Date.now();
      htmx.trigger(element, "bl:read");
    };
    if (isUrgent) return now();
    if (!known.timer) known.timer = setTimeout(now, Math.max(0, known.at + GAP_MS - Date.now()) + Math.random() * spread);
  }

  function news(topics) {
    for (const element of document.querySelectorAll("[data-live]")) {
      const heard = element.dataset.live.split(" ").filter((topic) => topics.includes(topic));
      if (heard.length) read(element, heard.some((topic) => topic.startsWith("desk:")), SPREAD_MS);
    }
  }

  function readEverything() {
    for (const element of document.querySelectorAll("[data-live]")) read(element, false, GAP_MS);
  }

  function setOnline(isOnline) {
    document.body.classList.toggle("is-offline", !isOnline);
    document.dispatchEvent(new CustomEvent(isOnline ? "bl:online" : "bl:offline"));
  }

  const told = {
    online: () => setOnline(true),
    offline: () => setOnline(false),
    again: readEverything,
    stranger: () => location.reload(),
  };

  // The stream is kept by a worker for all tabs (live-worker.js says what is said to and fro).
  const WORKER_SILENT_MS = 60_000;

  function listen() {
    const { liveWorker: address, liveWho: who } = document.body.dataset;
    if (!address || !document.querySelector("[data-live]")) return;
    let port = null;
    let heardAt = Date.now();

    function join(since, isFresh) {
      port.postMessage({ who, since, isFresh });
    }

    function take(given) {
      port = given;
      port.addEventListener("message", ({ data }) => {
        heardAt = Date.now();
        if (data === "ping") {
          port.postMessage({ who });
          document.dispatchEvent(new CustomEvent("bl:ping"));
          return;
        }
        if (Array.isArray(data)) news(data);
        else told[data]();
      });
      port.start();
    }

    function connect() {
      if (!window.SharedWorker) return keepItHere();
      const worker = new SharedWorker(address, { name: "bl-live" });
      // It could not be loaded.
      worker.addEventListener("error", keepItHere, { once: true });
      take(worker.port);
      join(performance.timeOrigin, true);
    }

    // No shared workers in this browser: the page has a stream of its own.
    function keepItHere() {
      const script = document.createElement("script");
      script.src = address;
      script.addEventListener("load", () => {
        const { port1, port2 } = new MessageChannel();
        window.blServeLive(port2);
        take(port1);
        join(performance.timeOrigin, true);
      });
      document.head.append(script);
    }

    // What was asked for while the network was away has failed.
    window.addEventListener("online", readEverything);
    window.addEventListener("pagehide", () => port && port.postMessage("bye"));
    window.addEventListener("pageshow", ({ persisted }) => persisted && port && join(0, false));
    // A worker that was ended says nothing, not even that.
    setInterval(() => {
      if (Date.now() - heardAt < WORKER_SILENT_MS || !port) return;
      port.postMessage("bye");
      heardAt = Date.now();
      if (window.blServeLive) return join(0, false);
      take(new SharedWorker(address, { name: "bl-live" }).port);
      join(0, false);
    }, 10_000);
    connect();
  }

  function start() {
    if (window.Idiomorph) {
      // What a hand is writing is never overwritten by news. (Idiomorph's own `ignoreActiveValue` would leave a pressed button's words as
      // they were, too.)
      const isWritten = (old) => old === document.activeElement && old.matches('textarea, select, input:not([type="radio"], [type="checkbox"])');
      Idiomorph.defaults.callbacks.beforeNodeMorphed = (old) => !(old.dataset && ("dirty" in old.dataset || isWritten(old)));
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
