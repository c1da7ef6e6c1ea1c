// "Ring fra denne skærm": one call, with a one-time account that can call this one number.
(() => {
  "use strict";
  const page = document.getElementById("call");
  if (!page) return;
  page.hidden = false; // Without script the page shows the number alone.
  const status = document.getElementById("call-status");
  const sound = document.getElementById("call-sound");
  const PROGRESS_MS = 1500;
  const STAGES = { arrived: "greeting", waiting: "waiting", offered: "waiting", connected: "talking", three_way: "talking", held: "held", consulting: "held", transferred: "held" };
  const IN_TALK = new Set(["talking", "held"]);
  let ua = null;
  let session = null;
  let microphone = null;
  let since = Date.now();

  function show(state, reason = "") {
    if (page.dataset.state === state) return;
    // Time on hold is part of the conversation.
    if (!(IN_TALK.has(state) && IN_TALK.has(page.dataset.state))) since = Date.now();
    page.dataset.state = state;
    for (const part of document.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
    page.querySelector("[data-reason]").textContent = reason;
    const said = page.querySelector(`[data-when="${state}"] [data-say], [data-when="${state}"][data-say]`);
    status.textContent = said ? said.textContent.trim() : "";
    runClock();
  }

  function runClock() {
    const seconds = Math.floor((Date.now() - since) / 1000);
    const { minutesWord, secondsWord } = page.dataset;
    const text = `${seconds < 60 ? "" : `${Math.floor(seconds / 60)} ${minutesWord} `}${seconds % 60} ${secondsWord}`;
    for (const clock of page.querySelectorAll("[data-clock]")) clock.textContent = text;
  }

  async function ask(address, options) {
    const answer = await fetch(address, options);
    if (answer.ok) return answer.json();
    throw new Error(new DOMParser().parseFromString(await answer.text(), "text/html").body.textContent.trim());
  }

  async function access() {
    const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
    const account = await ask(page.dataset.access, { method: "POST", headers: { "X-CSRFToken": token, "HX-Request": "true" } });
    for (let attempt = 0; attempt < 50; attempt += 1) {
      if ((await ask(account.progress)).ready) return account;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error("");
  }

  // How far the call has come is the server's to say; while it cannot be asked, the page stays as it is.
  async function follow(progress) {
    while (session && session.isEstablished()) {
      try {
        const { state, place } = await ask(progress);
        if (session && STAGES[state]) show(STAGES[state]);
        page.querySelector("[data-place]").textContent = place;
      } catch {
        // The next turn asks again.
      }
      await new Promise((done) => setTimeout(done, PROGRESS_MS));
    }
  }

  function end(state, reason) {
    const old = ua;
    ua = null;
    session = null;
    if (old) old.stop();
    if (microphone) microphone.getTracks().forEach((track) => track.stop());
    microphone = null;
    paintMute(false);
    show(state, reason);
  }

  async function call() {
    if (!window.JsSIP || !navigator.mediaDevices || !window.RTCPeerConnection) return show("unsupported");
    show("asking");
    try {
      microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      return end("no-mic");
    }
    show("calling");
    try {
      dial(await access());
    } catch (error) {
      end("failed", error.message);
    }
  }

  function dial(account) {
    const mine = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(account.socket)],
      uri: `sip:${account.name}@${account.host}`,
      password: account.secret,
      register: false,
      session_timers: false,
    });
    ua = mine;
    mine.on("disconnected", () => mine === ua && !(session && session.isEstablished()) && end("failed", ""));
    mine.on("connected", () => {
      if (mine !== ua || session) return;
      session = mine.call(`sip:${account.number}@${account.host}`, { mediaStream: microphone, pcConfig: { iceServers: [] } });
      session.connection.addEventListener("track", (event) => {
        sound.srcObject = event.streams[0] || new MediaStream([event.track]);
      });
      session.on("confirmed", () => {
        show("greeting");
        follow(account.progress);
      });
      session.on("ended", () => end("ended"));
      session.on("failed", (event) => end(event.cause === JsSIP.C.causes.CANCELED ? "ended" : "failed", ""));
    });
    mine.start();
  }

  function hangUp() {
    if (session) session.terminate();
    else end("ended");
  }

  function mute() {
    if (!session) return;
    const muted = !session.isMuted().audio;
    paintMute(muted);
    if (muted) session.mute({ audio: true });
    else session.unmute({ audio: true });
  }

  // The button says what it does next, and the page that we cannot hear: a colour alone tells nobody.
  function paintMute(muted) {
    const button = page.querySelector('[data-do="mute"]');
    for (const words of button.querySelectorAll("[data-muted]")) words.hidden = words.dataset.muted !== String(muted);
    page.querySelector("[data-unheard]").hidden = !muted;
  }

  page.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    if (button.dataset.do === "call") call();
    if (button.dataset.do === "hang-up") hangUp();
    if (button.dataset.do === "mute") mute();
  });
  addEventListener("pagehide", () => session && session.terminate());
  setInterval(runClock, 500);
})();
