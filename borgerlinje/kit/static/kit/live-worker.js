// One stream of news for all tabs of this browser: each tab would cost the server a stream of its own, and a browser opens
// six connections to a server at most. As a SharedWorker it serves every tab; where there is none, a page loads it for itself.
//
// A page says {who, since, isFresh} when it is loaded or shown again (`since`: news before that it has read itself, in the
// browser's milliseconds), "bye" when it goes, and answers a "ping" with {who}. It is told "online", "offline", "ping",
// "again" (read everything), "stranger" (somebody else signed in meanwhile: load the page anew) or an array of topics.
(() => {
  "use strict";
  const ADDRESS = "/live/";
  const LOOK_MS = 10_000;
  // The server says something every 15 s; a connection silent for much longer is dead, whatever the browser thinks.
  const SILENT_MS = 40_000;
  const FORGET_AFTER_PINGS = 6;
  const FIRST_TRY_MS = 1_000;
  const LONGEST_TRY_MS = 30_000;
  // A stream that ended sooner than this did not work: the next try waits longer.
  const WORKED_MS = 10_000;

  const pages = new Map();
  const lastHeard = new Map();
  let who = "";
  let stream = null;
  let isOnline = false;
  let isLost = false;
  let openedAt = 0;
  let heardAt = 0;
  let tries = 0;
  let nextTry = 0;

  function tell(message, chosen = pages.keys()) {
    for (const page of chosen) page.postMessage(message);
  }

  function open() {
    close();
    heardAt = Date.now();
    stream = new EventSource(ADDRESS);
    stream.addEventListener("open", () => {
      openedAt = heardAt = Date.now();
      isOnline = true;
      isLost = false;
      lastHeard.clear();
      tell("online");
      // What changed while nobody listened is not sent again: it is read.
      tell("again");
    });
    stream.addEventListener("message", ({ data }) => {
      heardAt = Date.now();
      const topics = data.split(" ");
      for (const topic of topics) lastHeard.set(topic, heardAt);
      if (topics.includes("again")) tell("again");
      else tell(topics);
    });
    stream.addEventListener("ping", () => { heardAt = Date.now(); });
    // The browser would try again at a fixed pace, all of them in step, and not at all after an error page.
    stream.addEventListener("error", lose);
  }

  function close() {
    clearTimeout(nextTry);
    nextTry = 0;
    if (stream) stream.close();
    stream = null;
    isOnline = false;
  }

  function lose() {
    if (isOnline && Date.now() - openedAt > WORKED_MS) tries = 0;
    close();
    if (!isLost) tell("offline");
    isLost = true;
    const wait = Math.min(LONGEST_TRY_MS, FIRST_TRY_MS * 2 ** tries);
    tries += 1;
    nextTry = setTimeout(open, wait * (0.5 + Math.random()));
  }

  function join(page, { who: theirs, since = 0, isFresh = false }) {
    pages.set(page, { who: theirs, pings: 0 });
    // Only a page that was just loaded knows who is signed in now; one that was hidden remembers who was.
    if (isFresh || !who) {
      const isOther = theirs !== who;
      who = theirs;
      for (const [other, known] of pages) sayStranger(other, known.who);
      if (isOther || !stream) {
        tries = 0;
        return open();
      }
    } else {
      sayStranger(page, theirs);
    }
    if (isLost) return page.postMessage("offline");
    if (!stream) return open();
    if (!isOnline) return;
    page.postMessage("online");
    if (openedAt > since) return page.postMessage("again");
    const missed = [...lastHeard].filter(([, at]) => at > since).map(([topic]) => topic);
    if (missed.includes("again")) page.postMessage("again");
    else if (missed.length) page.postMessage(missed);
  }

  // The first half names the person, the second the session: a session of the same person needs another stream, no other page.
  function sayStranger(page, theirs) {
    if (theirs.split(".")[0] !== who.split(".")[0]) page.postMessage("stranger");
  }

  function forget(page) {
    pages.delete(page);
    if (pages.size) return;
    close();
    isLost = false;
  }

  // A tab that crashed says no bye: one that answers no ping is forgotten, and joins again if it was only frozen.
  function look() {
    for (const [page, known] of pages) {
      known.pings += 1;
      if (known.pings > FORGET_AFTER_PINGS) forget(page);
      else page.postMessage("ping");
    }
    if (stream && Date.now() - heardAt > SILENT_MS) lose();
  }

  function serve(page) {
    page.addEventListener("message", ({ data }) => {
      if (data === "bye") return forget(page);
      const known = pages.get(page);
      if (!known || "since" in data) return join(page, data);
      known.pings = 0;
    });
    page.start();
  }

  // The network is back: no need to wait for the next try.
  self.addEventListener("online", () => { if (pages.size && !isOnline) open(); });
  setInterval(look, LOOK_MS);

  if ("SharedWorkerGlobalScope" in self) self.addEventListener("connect", ({ ports }) => serve(ports[0]));
  else self.blServeLive = serve;
})();
