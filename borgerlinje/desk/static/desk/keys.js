// The desk's keys, as their owner wants them: kept in this browser, shown wherever a key is printed.
(() => {
  "use strict";
  const KEPT = "bl-keys";
  // Browsers keep the others for themselves (F5 reads the page again), and Ctrl+F4 closes it.
  const USABLE = /^(Ctrl\+)?(Shift\+)?(F2|F4|F6|F7|F8|F9|F10)$/;
  const texts = JSON.parse(document.getElementById("desk-texts").textContent);
  const dialog = document.getElementById("keys");
  const rows = [...dialog.querySelectorAll("[data-standard]")];
  const fault = document.getElementById("keys-fault");
  let own = kept();
  let changing = null;

  function kept() {
    try {
      const found = JSON.parse(localStorage.getItem(KEPT)) || {};
      return Object.fromEntries(Object.entries(found).filter(([standard, key]) => rows.some((row) => row.dataset.standard === standard) && USABLE.test(key)));
    } catch {
      return {};
    }
  }

  const keyOf = (standard) => own[standard] || standard;
  const printed = (key) => key.replaceAll("+", " ");

  window.blKeys = {
    pressed: (event) => `${event.ctrlKey ? "Ctrl+" : ""}${event.shiftKey ? "Shift+" : ""}${event.key}`,
    // What a pressed key stands for: an act's standard key, itself, or nothing when its act has moved to another key.
    meant(name) {
      const act = rows.map((row) => row.dataset.standard).find((standard) => keyOf(standard) === name);
      if (act) return act;
      return rows.some((row) => row.dataset.standard === name) ? "" : name;
    },
    isOpen: () => dialog.open,
  };

  function show() {
    for (const row of rows) {
      const { standard } = row.dataset;
      row.querySelector("kbd").textContent = row === changing ? texts.pressKey : printed(keyOf(standard));
      for (const place of document.querySelectorAll(`[data-key="${CSS.escape(standard)}"]`)) {
        const print = place.querySelector("small, kbd");
        if (print && print.textContent !== printed(keyOf(standard))) print.textContent = printed(keyOf(standard));
        place.setAttribute("aria-keyshortcuts", keyOf(standard));
      }
      for (const print of document.querySelectorAll(`[data-key-of="${CSS.escape(standard)}"]`)) print.textContent = printed(keyOf(standard));
    }
  }

  function change(row, key) {
    const taken = rows.find((other) => other !== row && keyOf(other.dataset.standard) === key);
    if (!USABLE.test(key) || key === "Ctrl+F4") return say(texts.keyUnusable);
    if (taken) return say(texts.keyTaken.replace("%s", taken.dataset.label));
    if (key === row.dataset.standard) delete own[key];
    else own[row.dataset.standard] = key;
    localStorage.setItem(KEPT, JSON.stringify(own));
    stop();
  }

  function say(text) {
    fault.textContent = text;
  }

  function stop() {
    const row = changing;
    changing = null;
    say("");
    show();
    if (row) row.querySelector("button").focus();
  }

  dialog.addEventListener("keydown", (event) => {
    if (!changing || ["Shift", "Control", "Alt", "Meta", "Tab"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") return stop();
    change(changing, window.blKeys.pressed(event));
  });
  dialog.addEventListener("click", (event) => {
    const row = event.target.closest("[data-change]") && event.target.closest("[data-standard]");
    if (row) {
      changing = row;
      say("");
      show();
    }
    if (event.target.closest("[data-standard-keys]")) {
      own = {};
      localStorage.removeItem(KEPT);
      stop();
    }
    if (event.target.closest("[data-close]")) dialog.close();
  });
  dialog.addEventListener("close", stop);
  document.addEventListener("click", (event) => {
    if (event.target.closest("#keys-button")) dialog.showModal();
  });
  document.addEventListener("htmx:afterSettle", () => {
    // Somebody calls: nothing lies before that.
    if (dialog.open && document.getElementById("tilbud")) dialog.close();
    show();
  });
  // Changed in another window.
  addEventListener("storage", (event) => {
    if (event.key !== KEPT) return;
    own = kept();
    show();
  });
  show();
})();
