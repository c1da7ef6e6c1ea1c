// The employee's telephone in the browser. It registers with a one-time account, rings, answers, mutes and hangs up; what the desk
// shows comes from the server, never from here.
(() => {
  "use strict";
  const desk = () => document.getElementById("desk");
  const sound = () => document.getElementById("desk-sound");
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const texts = JSON.parse(document.getElementById("desk-texts").textContent);
  let ua = null;
  let session = null;
  let microphone = null;
  let retry = 1000;
  // What was begun before a stop, or before a newer start, goes no further.
  let generation = 0;
  let timer = 0;
  let name = "";
  let isFresh = true;
  let mayLeave = false;

  function state(phoneState) {
    const now = desk();
    if (!now) return;
    // Who is rung at another telephone needs neither microphone nor sound here.
    now.dataset.phoneState = isElsewhere() ? "ready" : phoneState;
    paint();
    document.dispatchEvent(new CustomEvent("bl:phone", { detail: now.dataset.phoneState }));
  }

  // The employee's calls ring at a telephone of their own, and here only when a conversation is moved to here.
  const isElsewhere = () => Boolean(document.querySelector("#indhold[data-phone-elsewhere]"));
  let wasElsewhere = isElsewhere();

  // The fragment is drawn anew by the server: what only this browser knows is painted over it each time.
  function paint() {
    const { phoneState } = desk().dataset;
    const text = document.querySelector("[data-phone-text]");
    if (text) text.textContent = (isElsewhere() ? texts.elsewhere : texts[phoneState]) || "";
    if (isElsewhere() !== wasElsewhere) {
      wasElsewhere = isElsewhere();
      if (ua || phoneState === "no-mic") start();
    }
    const notices = document.getElementById("desk-notices");
    const notice = document.getElementById(`notice-${phoneState}`);
    if (notices && notices.dataset.shown !== phoneState) {
      notices.dataset.shown = phoneState;
      notices.replaceChildren(...(notice ? [notice.content.cloneNode(true)] : []));
    }
    const mute = document.querySelector('[data-do="mute"]');
    if (mute) mute.setAttribute("aria-pressed", String(Boolean(session && session.isMuted().audio)));
    paintKeypad();
    answerExpected();
  }

  // A call the employee has asked for (a citizen to be called) is answered by itself; it never rings.
  let isDialling = false;
  let wantsAnswered = null;
  const offered = () => {
    const shown = document.querySelector("#indhold :is([data-offer], [data-asked])");
    return shown && (shown.dataset.offer || shown.dataset.asked);
  };
  const isWanted = () => Boolean(wantsAnswered && wantsAnswered === offered());
  const isExpected = () => isDialling || isWanted() || Boolean(document.querySelector("#indhold[data-expects-call]"));
  function answerExpected() {
    if (session && session.isInProgress() && isExpected()) answer();
  }
  document.addEventListener("htmx:beforeRequest", ({ detail }) => { if (detail.elt.matches("form[data-dials]")) isDialling = true; });
  // The answer has drawn the desk by then: it says whether a call is to be expected.
  document.addEventListener("htmx:afterRequest", ({ detail }) => { if (detail.elt.matches("form[data-dials]")) isDialling = false; });

  // The keypad: what is pressed is heard by whoever is talked with.
  let isKeypadOpen = false;
  function paintKeypad() {
    const keypad = document.getElementById("keypad");
    const button = document.querySelector('[data-do="keypad"]');
    if (!button) isKeypadOpen = false;
    else button.setAttribute("aria-expanded", String(isKeypadOpen));
    if (!keypad) return;
    if (keypad.hidden && isKeypadOpen) keypad.querySelector("[data-sent]").textContent = "";
    keypad.hidden = !isKeypadOpen;
  }
  function toggleKeypad() {
    isKeypadOpen = !isKeypadOpen;
    paintKeypad();
    const to = isKeypadOpen ? document.querySelector("#keypad [data-tone]") : document.querySelector('[data-do="keypad"]');
    if (to) to.focus();
  }
  function press(tone) {
    if (!session || !session.isEstablished()) return;
    session.sendDTMF(tone, { transportType: "RFC2833" });
    const sent = document.querySelector("#keypad [data-sent]");
    const before = sent.textContent || sent.dataset.text;
    sent.textContent = `${before} ${tone}`;
  }

  // How it sounds, and where, is the employee's own choice (ring.js).
  const ring = () => blRing.start();
  const quiet = () => blRing.quiet();
  const remind = () => blRing.remind();

  async function openMicrophone() {
    if (microphone && microphone.active) return true;
    const mine = generation;
    try {
      const deviceId = localStorage.getItem("bl-microphone");
      const opened = await navigator.mediaDevices.getUserMedia({ audio: deviceId ? { deviceId: { ideal: deviceId } } : true });
      if (mine !== generation) {
        opened.getTracks().forEach((track) => track.stop());
        return false;
      }
      microphone = opened;
      microphone.getTracks().forEach((track) => track.addEventListener("ended", () => { microphone = null; if (!session) state("no-mic"); }));
      return true;
    } catch {
      if (mine !== generation) return false;
      state("no-mic");
      await post(desk().dataset.presence, { status: "paused" });
      return false;
    }
  }

  function post(address, values = {}) {
    return fetch(address, {
      method: "POST",
      headers: { "X-CSRFToken": token(), "HX-Request": "true" },
      body: new URLSearchParams(values),
    });
  }

  // Null when it is wanted no more.
  async function account(isOld) {
    // The first account of a page tells the server that whatever page was here before is gone.
    const answer = await post(desk().dataset.phone, isFresh ? { fresh: 1 } : {});
    if (isOld()) return null;
    if (answer.status === 401) location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    const given = await answer.json();
    if (isOld()) return null;
    isFresh = false;
    name = given.name;
    for (let attempt = 0; attempt < 50 && !isOld(); attempt += 1) {
      if ((await (await fetch(`${desk().dataset.phone}${given.name}/`)).json()).ready) return given;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error("not ready");
  }

  function startAgain(after) {
    timer = timer || setTimeout(start, after);
  }

  function forget() {
    clearTimeout(timer);
    timer = 0;
  }

  async function start() {
    forget();
    // What fails while somebody rings or talks here is mended when they are done.
    if (session) return;
    generation += 1;
    const mine = generation;
    const isOld = () => mine !== generation || Boolean(session);
    const isUnable = !window.JsSIP || !navigator.mediaDevices || !window.RTCPeerConnection;
    if (isUnable && !isElsewhere()) return state("unsupported");
    if (!isElsewhere() && !(await openMicrophone()) || isOld()) return;
    const old = ua;
    ua = null;
    if (old) old.stop();
    state("starting");
    let given;
    try {
      given = await account(isOld);
    } catch {
      if (isOld()) return;
      state("no-phone");
      retry = Math.min(retry * 2, 15000);
      startAgain(retry * (0.5 + Math.random()));
      return;
    }
    if (isOld()) return;
    retry = 1000;
    if (isUnable) return state("ready");
    const own = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(given.socket)],
      uri: `sip:${given.name}@${given.host}`,
      password: given.secret,
      register_expires: 120,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 4,
    });
    ua = own;
    own.on("registered", () => {
      if (own !== ua) return;
      forget();
      state("ready");
    });
    own.on("disconnected", () => {
      if (own !== ua) return;
      state("no-phone");
      // The telephone itself started again and has forgotten the account: ask for a new one.
      startAgain(4000);
    });
    own.on("registrationFailed", () => own === ua && startAgain(1500));
    own.on("newRTCSession", (event) => own === ua && incoming(event));
    own.start();
  }

  function incoming(event) {
    if (event.originator !== "remote") return;
    if (session) return event.session.terminate({ status_code: 486 });
    session = event.session;
    const mine = session;
    if (!isExpected()) ring();
    session.on("peerconnection", ({ peerconnection }) => {
      peerconnection.addEventListener("track", (track) => {
        sound().srcObject = track.streams[0] || new MediaStream([track.track]);
        // The loudspeaker that was chosen on the page of one's own telephone; one that is gone is no reason to hear nothing.
        if (sound().setSinkId) sound().setSinkId(localStorage.getItem("bl-speaker") || "").catch(() => {});
      });
    });
    session.on("confirmed", () => { quiet(); paint(); });
    const over = () => {
      if (mine !== session) return;
      quiet();
      session = null;
      paint();
      htmx.trigger(desk(), "bl:read");
      // What failed while we talked was left alone then: now the telephone gets a new account.
      if (ua && (!ua.isRegistered() || desk().dataset.phoneState !== "ready")) startAgain(500);
    };
    session.on("ended", over);
    session.on("failed", over);
    answerExpected();
    htmx.trigger(desk(), "bl:read");
  }

  let isAnswering = null;
  async function answer() {
    // The screen may be quicker than the telephone: pressed before the call is here, it is answered when it comes, if it is still offered.
    wantsAnswered = offered();
    if (isAnswering && isAnswering === session) return;
    const mine = session;
    if (!mine || mine.isEstablished() || mine.isInProgress() === false) return;
    isAnswering = mine;
    const isOpen = await openMicrophone();
    // Told to answer again when the microphone is there.
    if (!isOpen) isAnswering = wantsAnswered = null;
    if (!isOpen || mine !== session) return;
    quiet();
    session.answer({ mediaStream: microphone, pcConfig: { iceServers: [] } });
  }

  // A page that was loaded anew in the middle of a conversation has no end of it left: the server ends it then.
  function hangUp() {
    if (session) session.terminate();
    else post(desk().dataset.hangUp).then(() => htmx.trigger(desk(), "bl:read"));
  }

  function toggleMute() {
    if (!session || !session.isEstablished()) return;
    if (session.isMuted().audio) session.unmute({ audio: true });
    else session.mute({ audio: true });
    paint();
  }

  // Only a person hangs up, or lets it ring in vain: a window that is taken over says that it goes, as a page does, and is silent then.
  function stop() {
    generation += 1;
    forget();
    quiet();
    const old = ua;
    const end = () => { old.transport.disconnect(); old.stop(); };
    if (old && session) post(desk().dataset.away, { name }).catch(() => {}).then(end);
    else if (old) old.stop();
    ua = null;
    session = null;
    name = "";
    isFresh = true;
    if (microphone) microphone.getTracks().forEach((track) => track.stop());
    microphone = null;
  }

  addEventListener("beforeunload", (event) => {
    if (session && !mayLeave) event.preventDefault();
  });
  // A page that goes does not hang up: away.js says that it goes, and the citizen comes back to the queue.
  document.addEventListener("htmx:afterSwap", paint);
  window.blPhone = {
    start, stop, answer, hangUp, toggleMute, toggleKeypad, press, remind, post,
    name: () => name,
    isTalking: () => Boolean(session && session.isEstablished()),
    // Also while it rings.
    isBusy: () => Boolean(session),
    letLeave: () => { mayLeave = true; },
  };
})();
