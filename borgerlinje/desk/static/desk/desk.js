// Keys, one desk per browser, and what a hand is writing.
(() => {
  "use strict";
  const phone = window.blPhone;
  const desk = document.getElementById("desk");

  const acts = {
    answer: () => phone.answer(),
    "hang-up": () => phone.hangUp(),
    mute: () => phone.toggleMute(),
    keypad: () => phone.toggleKeypad(),
    "try-phone": () => phone.start(),
    "take-desk": () => takeOver(),
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button && acts[button.dataset.do]) acts[button.dataset.do]();
  });

  // The key of an act is printed on its button, and stands in its data-key: what is not on the screen has no key.
  const OURS = new Set(["F2", "F4", "F8", "F9", "Shift+F8", "Shift+F9", "Ctrl+F9"]);
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || desk.hidden || blKeys.isOpen() || document.getElementById("leave").open) return;
    const pressed = blKeys.pressed(event);
    const name = blKeys.meant(pressed);
    if (!name) return event.preventDefault();
    const button = [...document.querySelectorAll(`[data-key="${CSS.escape(name)}"]`)].find((each) => each.checkVisibility());
    if (!button && !OURS.has(name)) return;
    // Esc empties what is searched for before it closes anything.
    if (name === "Escape" && event.target.type === "search" && event.target.value) return;
    event.preventDefault();
    // A key held down, or pressed again before the answer is here, is one press.
    if (button && !event.repeat && !(button.form && button.form.classList.contains("htmx-request"))) button.click();
  });

  // Keys may be quicker than htmx, which takes a new form up a moment after it is drawn: the page is not left for it.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.hasAttribute("hx-post") || form.hasAttribute("hx-trigger")) return;
    event.preventDefault();
    htmx.process(form);
    form.requestSubmit(event.submitter);
  });

  // Text being written is marked, so that news does not overwrite it. The mark goes with the first news that was asked for after the text was
  // saved: an answer that was under way meanwhile knows nothing of it.
  document.addEventListener("input", (event) => {
    if (event.target.closest("#note-form, #call-out, #cancel-form, #correct-form")) {
      event.target.dataset.dirty = "";
      delete event.target.dataset.savedAt;
    }
    if (event.target.id === "ring-volume") localStorage.setItem("bl-ring-volume", event.target.value);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const source = event.detail.elt;
    const form = source.closest && source.closest("#note-form");
    if (form && event.detail.successful) saved(form, event.detail.requestConfig.parameters);
    const { status } = event.detail.xhr;
    if (status === 401 && !phone.isTalking()) location.reload();
    if (status && status !== 401) signedOut.hidden = true;
  });
  // Signed out in the middle of a conversation: the citizen is not left for it.
  const signedOut = document.getElementById("desk-signed-out");
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status !== 401 || !phone.isTalking()) return;
    event.preventDefault();
    signedOut.hidden = false;
  });

  const askedAt = new WeakMap();
  document.addEventListener("htmx:beforeSend", ({ detail }) => askedAt.set(detail.xhr, performance.now()));
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target !== desk) return;
    for (const field of document.querySelectorAll("[data-saved-at]")) {
      if (!(askedAt.get(detail.xhr) > Number(field.dataset.savedAt))) continue;
      delete field.dataset.dirty;
      delete field.dataset.savedAt;
    }
  });

  function saved(form, sent) {
    for (const field of form.querySelectorAll("[data-dirty]")) {
      if (field.value === sent[field.name]) field.dataset.savedAt = performance.now();
    }
    form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
    form.querySelectorAll("[data-place]").forEach((place) => place.replaceChildren());
  }

  document.addEventListener("htmx:afterSettle", () => {
    volume();
    title();
  });
  // The tab says it too, for a desk that lies behind another window.
  const usualTitle = document.title;
  function title() {
    const offer = document.getElementById("tilbud");
    document.title = offer ? `${offer.textContent.trim()} – Borgerlinje` : usualTitle;
  }
  function volume() {
    const range = document.getElementById("ring-volume");
    if (range && document.activeElement !== range) range.value = localStorage.getItem("bl-ring-volume") ?? 60;
  }

  // Nobody becomes ready without a telephone: no call shall ring in vain. Asked for while it starts, it is done when it has.
  let wantsReady = false;
  document.addEventListener("htmx:configRequest", (event) => {
    const { path, parameters } = event.detail;
    if (path !== desk.dataset.presence) return;
    wantsReady = parameters.status === "ready" && desk.dataset.phoneState !== "ready";
    if (!wantsReady) return;
    event.preventDefault();
    if (desk.dataset.phoneState === "no-mic") phone.start();
  });
  document.addEventListener("bl:phone", ({ detail: state }) => {
    if (!wantsReady || state === "starting") return;
    wantsReady = false;
    if (state !== "ready") return htmx.trigger(desk, "bl:read");
    phone.post(desk.dataset.presence, { status: "ready" }).then(() => htmx.trigger(desk, "bl:read")).catch(() => {});
  });

  const offline = document.getElementById("desk-offline");
  document.addEventListener("bl:offline", () => { offline.hidden = false; });
  document.addEventListener("bl:online", () => {
    offline.hidden = true;
    save();
  });
  addEventListener("online", save);
  function save() {
    const unsaved = document.querySelector("#note-form:has(:is(input, textarea)[data-dirty])");
    if (unsaved) htmx.trigger(unsaved, "bl:save");
  }

  function elsewhere(isElsewhere) {
    desk.hidden = isElsewhere;
    document.getElementById("desk-elsewhere").hidden = !isElsewhere;
  }

  // A conversation is not taken from the window that has it.
  const windows = new BroadcastChannel(`bl-desk-${desk.dataset.employee}`);
  let isBusyElsewhere = false;
  windows.addEventListener("message", ({ data }) => {
    if (data === "busy?" && phone.isTalking()) windows.postMessage("busy");
    if (data === "busy") isBusyElsewhere = true;
  });

  async function takeOver() {
    isBusyElsewhere = false;
    windows.postMessage("busy?");
    await new Promise((done) => setTimeout(done, 300));
    document.getElementById("desk-busy").hidden = !isBusyElsewhere;
    if (!isBusyElsewhere) claim(true);
  }

  async function claim(steal) {
    if (!navigator.locks) return phone.start();
    const options = steal ? { steal: true } : { ifAvailable: true };
    try {
      await navigator.locks.request(`bl-desk-${desk.dataset.employee}`, options, (lock) => {
        if (!lock) return elsewhere(true);
        elsewhere(false);
        phone.start();
        return new Promise(() => {});
      });
    } catch {
      // Another window took the desk over; what it says of the employee holds from now on.
      phone.stop();
      elsewhere(true);
    }
  }

  volume();
  claim(false);
})();
