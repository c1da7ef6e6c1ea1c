// The directory, what stands open on the desk, the reminder of a hold, and where the focus goes when what it was on is gone.
(() => {
  "use strict";
  const phone = window.blPhone;
  const desk = document.getElementById("desk");
  const open = document.getElementById("open");
  const form = () => document.getElementById("transfer-form");

  // Who is shown, and what is chosen, the server draws; the page says with each request what stands open and what is chosen.
  function show(what, focus) {
    open.value = what;
    wanted = focus;
    htmx.trigger(desk, "bl:read");
  }
  let wanted = "";
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-open]");
    if (button) toggle(button);
    const tone = target.closest("[data-tone]");
    if (tone) phone.press(tone.dataset.tone);
  });
  const FIRST = { ring: "#ring-nummer" };
  function toggle(button) {
    const what = button.dataset.open;
    if (!what || open.value === what) return show("", open.value === "ring" ? "#call-out-button" : "#transfer-button");
    show(what, FIRST[what] || "#hvem");
  }
  document.addEventListener("submit", (event) => {
    const { target } = event;
    if (target === form() && target.elements.q.value.trim() !== target.dataset.q) {
      // Enter came before the list of what was typed: nobody is rung whom nobody has seen.
      event.preventDefault();
      event.stopPropagation();
      readSoon(0);
    }
    if (!target.matches("[data-closes]")) return;
    open.value = "";
    wanted = "#hold";
  }, true);

  // Chosen anew, or searched for: the list is drawn for it.
  let timer = 0;
  function readSoon(after) {
    clearTimeout(timer);
    timer = setTimeout(() => htmx.trigger(desk, "bl:read"), after);
  }
  const TYPING_MS = 150;
  document.addEventListener("input", ({ target }) => {
    if (!target.form || target.form !== form()) return;
    form().elements.sure.value = "";
    if (target.name === "digits") document.getElementById("target-n").checked = true;
    readSoon(target.type === "radio" ? 0 : TYPING_MS);
  });

  // An answer to what was asked before the last choice would undo it: it is passed over, and asked again.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig } = event.detail;
    if (target !== desk || requestConfig.verb !== "get") return;
    const said = (name) => requestConfig.formData.get(name) ?? "";
    const now = form() ? new FormData(form()) : new Map();
    const isOld = open.value !== said("open") || (form() && requestConfig.formData.has("q") && ["q", "target", "mode", "digits", "sure"].some((name) => (now.get(name) ?? "") !== said(name)));
    if (!isOld) return;
    event.detail.shouldSwap = false;
    readSoon(0);
  });

  document.addEventListener("keydown", (event) => {
    if (desk.hidden || event.altKey || event.metaKey) return;
    if (event.ctrlKey) {
      const search = event.key.toLowerCase() === "k" && document.querySelector('[data-key-focus="Ctrl+k"]');
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.target.id === "hvem" && event.key === "ArrowDown") {
      event.preventDefault();
      const chosen = document.querySelector('#transfer-form input[name="target"]:checked') || document.querySelector('#transfer-form input[name="target"]:enabled');
      if (chosen) chosen.focus();
    } else if (event.target.form && event.target.form === form() && event.target.type === "radio") {
      ofLists(event);
    } else if (event.target.closest("#keypad") && /^[0-9*#]$/.test(event.key)) {
      event.preventDefault();
      phone.press(event.key);
    }
  });

  // While one of the lists has the focus, digits choose how, and Enter goes.
  function ofLists(event) {
    const way = /^[1-3]$/.test(event.key) && document.querySelectorAll('#modes input[type="radio"]')[Number(event.key) - 1];
    if (way) way.click();
    if (way || event.key === "Enter") event.preventDefault();
    if (event.key === "Enter" && !form().classList.contains("htmx-request")) document.getElementById("ring")?.click();
  }

  // The whole row can be pressed.
  document.addEventListener("click", ({ target }) => {
    const row = target.closest(".bl-dir > li");
    const radio = row && !target.closest("button, input, label") && row.querySelector('input[type="radio"]:enabled');
    if (radio) radio.click();
  });

  // A citizen on hold is not forgotten: after the line's time a word and a quiet sound, and again as often.
  let remindedAt = 0;
  setInterval(() => {
    const line = document.querySelector("[data-reminds-at]");
    if (!line) {
      remindedAt = 0;
      return;
    }
    const now = Date.now();
    const isLate = now >= Date.parse(line.dataset.remindsAt);
    paintHold();
    if (!isLate || now - remindedAt < Number(line.dataset.every) * 1000) return;
    remindedAt = now;
    phone.remind();
  }, 500);
  function paintHold() {
    const line = document.querySelector("[data-reminds-at]");
    const after = line && line.querySelector("[data-after]");
    if (!after) return;
    const isLate = Date.now() >= Date.parse(line.dataset.remindsAt);
    line.classList.toggle("is-late", isLate);
    const text = isLate ? after.dataset.text : "";
    if (after.textContent !== text) after.textContent = text;
  }

  // What had the focus is gone with an answer: the new heading takes it, so that the next key is not lost. Answers come close upon each other, one
  // before the other has settled: that the hand was here is remembered until it goes elsewhere by itself.
  let isHere = false;
  desk.addEventListener("focusin", () => { isHere = true; });
  document.addEventListener("pointerdown", () => { isHere = false; });
  function keepFocus() {
    if (isHere && !desk.hidden && document.activeElement === document.body) document.querySelector("#indhold [data-heading]")?.focus();
  }
  document.addEventListener("htmx:afterSwap", () => setTimeout(keepFocus, 50));
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    paintHold();
    const isOurs = detail.target === desk || detail.elt === desk;
    const to = isOurs && wanted && document.querySelector(wanted);
    if (to) {
      wanted = "";
      to.focus();
    }
    keepFocus();
  });

  let silence = 0;
  document.addEventListener("bl:said", ({ detail }) => {
    const said = document.getElementById("said");
    said.textContent = detail.text;
    clearTimeout(silence);
    silence = setTimeout(() => { said.textContent = ""; }, 8000);
  });
})();
