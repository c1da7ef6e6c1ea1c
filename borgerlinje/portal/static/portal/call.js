// "Ring fra denne skærm": one call, with a one-time account that can call this one number.
(() => {
  "use strict";
  const page = document.getElementById("call");
  if (!page) return;
  const status = document.getElementById("call-status");
  const sound = document.getElementById("call-sound");
  const clock = document.getElementById("call-clock");
  let ua = null;
  let session = null;
  let since = 0;

  function show(state, reason = "") {
    page.dataset.state = state;
    for (const part of page.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
    for (const text of page.querySelectorAll("[data-reason]")) text.textContent = reason;
    const heading = page.querySelector(`[data-when="${state}"] .bl-help__now, [data-when="${state}"] b`);
    status.textContent = heading ? heading.textContent.trim() : "";
  }

  async function access() {
    const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
    const answer = await fetch(page.dataset.access, { method: "POST", headers: { "X-CSRFToken": token, "HX-Request": "true" } });
    if (!answer.ok) {
      const text = new DOMParser().parseFromString(await answer.text(), "text/html").body.textContent.trim();
      throw new Error(text);
    }
    const account = await answer.json();
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const ready = await (await fetch(`/ring/adgang/${account.name}/`)).json();
      if (ready.ready) return account;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error("");
  }

  function end(state, reason) {
    session = null;
    if (ua) ua.stop();
    ua = null;
    show(state, reason);
  }

  async function call() {
    if (!window.JsSIP || !navigator.mediaDevices || !window.RTCPeerConnection) return show("unsupported");
    show("asking");
    let microphone;
    try {
      microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      return show("no-mic");
    }
    show("calling");
    let account;
    try {
      account = await access();
    } catch (error) {
      microphone.getTracks().forEach((track) => track.stop());
      return show("failed", error.message);
    }
    ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(account.socket)],
      uri: `sip:${account.name}@${account.host}`,
      password: account.secret,
      register: false,
      session_timers: false,
    });
    ua.on("disconnected", () => session || end("failed", ""));
    ua.on("connected", () => {
      if (session) return;
      session = ua.call(`sip:${account.number}@${account.host}`, { mediaStream: microphone, pcConfig: { iceServers: [] } });
      session.connection.addEventListener("track", (event) => {
        sound.srcObject = event.streams[0] || new MediaStream([event.track]);
      });
      session.on("confirmed", () => {
        since = Date.now();
        show("talking");
      });
      const stop = () => microphone.getTracks().forEach((track) => track.stop());
      session.on("ended", () => { stop(); end("ended"); });
      session.on("failed", (event) => { stop(); end(event.cause === JsSIP.C.causes.CANCELED ? "ended" : "failed", ""); });
    });
    ua.start();
  }

  function mute(button) {
    const muted = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(muted));
    if (session) muted ? session.mute({ audio: true }) : session.unmute({ audio: true });
  }

  page.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    if (button.dataset.do === "call") call();
    if (button.dataset.do === "hang-up" && session) session.terminate();
    if (button.dataset.do === "mute") mute(button);
  });
  addEventListener("pagehide", () => session && session.terminate());
  setInterval(() => {
    if (page.dataset.state !== "talking") return;
    const seconds = Math.floor((Date.now() - since) / 1000);
    clock.textContent = `${Math.floor(seconds / 60)}.${String(seconds % 60).padStart(2, "0")}`;
  }, 500);
})();
