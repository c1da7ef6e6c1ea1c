// Trying out microphone, loudspeaker and the way to the telephone server, on the page of one's own telephone.
(() => {
  "use strict";
  const part = document.getElementById("phone-devices");
  const own = document.getElementById("own-phone");
  const texts = JSON.parse(document.getElementById("device-texts").textContent);
  const find = (id) => document.getElementById(id);
  // Where each is kept in this browser, and what kind of device it is.
  const choices = [
    [find("device-microphone"), "audioinput", "bl-microphone"],
    [find("device-speaker"), "audiooutput", "bl-speaker"],
    [find("device-ringer"), "audiooutput", "bl-ringer"],
  ];
  const [microphones, speakers] = choices.map(([select]) => select);
  const sound = find("device-sound");
  const ring = find("device-ring");
  const verdict = find("device-verdict");
  // What one hears of oneself comes back after this; softer than this is a silent room.
  const HEARD_LEVEL = 8;
  const SILENT_MS = 3000;
  const ECHO_MS = 50_000;
  let microphone = null;
  let meter = 0;
  let ua = null;
  let session = null;
  let timer = 0;

  const says = (name, text) => { part.querySelector(`[data-says="${name}"]`).textContent = text; };
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const post = (address) => fetch(address, { method: "POST", headers: { "X-CSRFToken": token(), "HX-Request": "true" } });

  // Text being written is not overwritten by news; the mark goes when it has been sent.
  own.addEventListener("input", ({ target }) => { target.dataset.dirty = ""; });
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.elt.tagName === "FORM") detail.elt.querySelectorAll("[data-dirty]").forEach((field) => delete field.dataset.dirty);
  });
  // What is refused comes with the page as it is, and says why.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status !== 422) return;
    detail.shouldSwap = true;
    detail.isError = false;
  });

  // A new code is read at once: it stands below what asked for it.
  document.addEventListener("htmx:oobAfterSwap", () => {
    const title = find("phone-new-title");
    if (title) title.focus();
  });

  async function list() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    for (const [select, kind, key] of choices) {
      const named = devices.filter((device) => device.kind === kind && device.label && device.deviceId !== "default");
      const chosen = localStorage.getItem(key) || "";
      select.replaceChildren(select.options[0], ...named.map((device) => new Option(device.label, device.deviceId)));
      select.value = named.some((device) => device.deviceId === chosen) ? chosen : "";
    }
  }

  async function useSpeaker() {
    if (!sound.setSinkId) return;
    // A loudspeaker that is gone is no reason to hear nothing.
    await sound.setSinkId(speakers.value).catch(() => sound.setSinkId(""));
  }

  async function open() {
    if (microphone && microphone.active) return true;
    try {
      const deviceId = microphones.value;
      microphone = await navigator.mediaDevices.getUserMedia({ audio: deviceId ? { deviceId: { ideal: deviceId } } : true });
    } catch {
      says("microphone", texts.noMicrophone);
      return false;
    }
    await list();
    watch();
    return true;
  }

  // The level one hears, in hundredths of what is full: the ear hears in decibels.
  function watch() {
    const audio = new AudioContext();
    const analyser = audio.createAnalyser();
    analyser.fftSize = 2048;
    audio.createMediaStreamSource(microphone).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const began = Date.now();
    let heard = false;
    clearInterval(meter);
    meter = setInterval(() => {
      if (!microphone || !microphone.active) {
        clearInterval(meter);
        audio.close();
        find("device-level").value = 0;
        return;
      }
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      const level = Math.max(0, Math.min(100, 100 + (10 * Math.log10(power + 1e-10)) * 1.6));
      find("device-level").value = level;
      heard = heard || level > HEARD_LEVEL;
      if (heard) says("microphone", texts.heard);
      else if (Date.now() - began > SILENT_MS) says("microphone", texts.silent);
    }, 100);
  }

  function close() {
    if (microphone) microphone.getTracks().forEach((track) => track.stop());
    microphone = null;
  }

  // Two seconds of a quiet tone, heard through the chosen loudspeaker.
  async function play(tones, pattern, seconds) {
    await useSpeaker();
    const audio = new AudioContext();
    const out = audio.createMediaStreamDestination();
    const gain = audio.createGain();
    gain.gain.value = 0;
    gain.connect(out);
    for (const hertz of tones) {
      const tone = audio.createOscillator();
      tone.frequency.value = hertz;
      tone.connect(gain);
      tone.start();
    }
    for (const [at, level] of pattern) gain.gain.linearRampToValueAtTime(level, audio.currentTime + at);
    sound.srcObject = out.stream;
    await sound.play().catch(() => {});
    setTimeout(() => audio.close(), seconds * 1000);
  }

  const acts = {
    microphone: () => (microphone ? close() : open()),
    tone: () => play([440], [[0.05, 0.15], [1.9, 0.15], [2, 0]], 2.2),
    ring: () => blRing.once(),
    notify: () => askToNotify(),
    unnotify: () => keepNotify("0"),
    echo: () => (ua ? end("") : echo()),
    heard: () => {
      end(texts.works);
      post(part.dataset.heard).then(() => htmx.trigger(own, "bl:read"));
    },
    unheard: () => end(texts.mend),
  };

  async function echo() {
    if (!window.JsSIP || !window.RTCPeerConnection) return says("echo", texts.unsupported);
    if (!(await open())) return;
    says("echo", texts.calling);
    part.dataset.state = "calling";
    try {
      call(await account());
    } catch {
      end(texts.failed);
    }
  }

  async function account() {
    const answer = await post(part.dataset.echo);
    if (answer.status === 401) location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    const given = await answer.json();
    for (let attempt = 0; attempt < 50; attempt += 1) {
      if ((await (await fetch(`${part.dataset.ready}${given.name}/`)).json()).ready) return given;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error("not ready");
  }

  function call(given) {
    const mine = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(given.socket)],
      uri: `sip:${given.name}@${given.host}`,
      password: given.secret,
      register: false,
      session_timers: false,
    });
    ua = mine;
    mine.on("disconnected", () => mine === ua && !session && end(texts.failed));
    mine.on("connected", () => {
      if (mine !== ua || session) return;
      session = mine.call(`sip:${given.target}@${given.host}`, { mediaStream: microphone, pcConfig: { iceServers: [] } });
      session.connection.addEventListener("track", (event) => {
        sound.srcObject = event.streams[0] || new MediaStream([event.track]);
        useSpeaker();
      });
      session.on("confirmed", () => {
        part.dataset.state = "talking";
        says("echo", texts.talk);
        verdict.hidden = false;
        timer = setTimeout(() => end(texts.over), ECHO_MS);
      });
      session.on("ended", () => mine === ua && end(texts.over));
      session.on("failed", () => mine === ua && end(texts.failed));
    });
    mine.start();
  }

  function end(text) {
    const old = ua;
    ua = null;
    session = null;
    clearTimeout(timer);
    if (old) old.stop();
    close();
    verdict.hidden = true;
    part.dataset.state = "idle";
    says("echo", text);
  }

  // What appears on the screen when it rings (notify.js). The browser is asked when the person presses the button, and only then.
  const notify = find("notify");
  function paintNotify() {
    const permission = "Notification" in window ? Notification.permission : "unable";
    const isOn = permission === "granted" && localStorage.getItem("bl-notify") === "1";
    const state = isOn ? "on" : { denied: "denied", unable: "unable" }[permission] || "ask";
    notify.dataset.state = state;
    notify.querySelectorAll("[data-if]").forEach((each) => { each.hidden = each.dataset.if !== state; });
  }
  async function askToNotify() {
    if ((await Notification.requestPermission()) === "granted") localStorage.setItem("bl-notify", "1");
    paintNotify();
    notify.querySelector("[data-if]:not([hidden]) button")?.focus();
  }
  function keepNotify(value) {
    localStorage.setItem("bl-notify", value);
    paintNotify();
    notify.querySelector("[data-if]:not([hidden]) button")?.focus();
  }
  paintNotify();

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-test]");
    if (button) acts[button.dataset.test]();
  });
  document.addEventListener("change", ({ target }) => {
    const chosen = choices.find(([select]) => select === target);
    if (!chosen) return;
    localStorage.setItem(chosen[2], target.value);
    if (target === speakers) useSpeaker();
    else if (target === microphones && microphone && !ua) {
      close();
      open();
    }
  });
  ring.addEventListener("input", () => localStorage.setItem("bl-ring-volume", ring.value));
  addEventListener("pagehide", () => ua && end(""));

  ring.value = localStorage.getItem("bl-ring-volume") ?? 60;
  if (!navigator.mediaDevices) {
    part.querySelectorAll("[data-test]").forEach((button) => { button.disabled = true; });
    return says("microphone", texts.unsupported);
  }
  find("device-speaker-field").hidden = find("device-ringer-field").hidden = !blRing.canChoose;
  find("device-no-ringer").hidden = blRing.canChoose;
  navigator.mediaDevices.addEventListener("devicechange", list);
  list();
})();
