// The ring: a quiet two-tone, made here, as loud as the employee wants it, on the loudspeaker chosen for it: that may be another one than the
// headset one talks in. What is chosen is kept in this browser.
(() => {
  "use strict";
  const TONES = [[523.25, 0.7], [659.25, 0.5]];
  const EVERY_MS = 2000;
  const volume = () => Number(localStorage.getItem("bl-ring-volume") ?? 60) / 100;
  let stop = null;

  function place() {
    let sound = document.getElementById("ring-sound");
    if (!sound) {
      sound = document.createElement("audio");
      sound.id = "ring-sound";
      sound.dataset.dirty = "";
      document.body.append(sound);
    }
    return sound;
  }

  // Sound that is made here, on its way to the chosen loudspeaker; one that is gone is no reason to hear nothing.
  async function open() {
    const audio = new AudioContext();
    const sound = place();
    const out = audio.createMediaStreamDestination();
    const gain = audio.createGain();
    gain.gain.value = 0;
    gain.connect(out);
    sound.srcObject = out.stream;
    if (sound.setSinkId) await sound.setSinkId(localStorage.getItem("bl-ringer") || "").catch(() => sound.setSinkId(""));
    sound.play().catch(() => {});
    return { audio, gain };
  }

  function add({ audio, gain }, tones) {
    return tones.map(([hertz, level]) => {
      const tone = audio.createOscillator();
      tone.frequency.value = hertz;
      const part = audio.createGain();
      part.gain.value = level;
      tone.connect(part).connect(gain);
      tone.start();
      return tone;
    });
  }

  function swell({ audio, gain }, at, level, seconds) {
    gain.gain.setValueAtTime(0, audio.currentTime + at);
    gain.gain.linearRampToValueAtTime(level * volume(), audio.currentTime + at + 0.04);
    gain.gain.linearRampToValueAtTime(0, audio.currentTime + at + seconds);
  }

  function pattern(way) {
    way.gain.gain.cancelScheduledValues(way.audio.currentTime);
    for (const at of [0, 0.45]) swell(way, at, 0.25, 0.36);
  }

  function start() {
    if (stop) return;
    let isOver = false;
    stop = () => { isOver = true; };
    open().then((way) => {
      if (isOver) return way.audio.close();
      add(way, TONES);
      pattern(way);
      const timer = setInterval(() => pattern(way), EVERY_MS);
      stop = () => {
        clearInterval(timer);
        way.audio.close();
      };
    });
  }

  function quiet() {
    if (stop) stop();
    stop = null;
  }

  // One ring, to hear what it is like; or one quiet tone, that somebody waits on hold.
  async function once(tones, play, seconds) {
    if (!volume()) return;
    const way = await open();
    add(way, tones);
    play(way);
    setTimeout(() => way.audio.close(), seconds * 1000);
  }

  window.blRing = {
    start,
    quiet,
    once: () => once(TONES, pattern, 1.2),
    remind: () => once([[392, 1]], (way) => swell(way, 0, 0.12, 0.5), 0.7),
    canChoose: "setSinkId" in HTMLMediaElement.prototype,
  };
})();
