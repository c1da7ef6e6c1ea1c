// The editor of guides: everything works without this as well; this stores while one writes, keeps what could not be stored, and moves blocks
// without leaving the page.
(() => {
  "use strict";
  const form = document.getElementById("guide-form");
  if (!form) return;
  const texts = form.dataset;
  const SAVE_AFTER_MS = 2000;
  const RETRY_MS = 5000;
  const LONGEST_RETRY_MS = 60_000;
  const KEPT = `bl-guide:${texts.who}:${texts.guide}`;
  const TRANSIENT = new Set(["csrfmiddlewaretoken", "base", "version", "is_draft", "do"]);
  let timer = 0;
  let sending = null;
  let changes = 0;
  let stored = 0;
  let removed = null;
  let retry = RETRY_MS;

  const field = (name) => form.elements.namedItem(name);
  const steps = () => document.getElementById("guide-steps");
  const block = (element) => element.closest(".bl-edit-step");
  const pairs = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "do");
  const written = (all) => JSON.stringify(all.filter(([name]) => !TRANSIENT.has(name) && !name.startsWith("mine:")).map(([name, value]) => [name, value.replaceAll("\r\n", "\n")]));

  // What a person writes and chooses in, by what tells it from the others.
  const inputs = () => [...form.querySelectorAll("textarea, select, input:not([type='hidden'], [type='file'])")];
  const idOf = (input) => input.id || `${input.name}=${input.value}`;
  const state = () => new Map(inputs().map((each) => [idOf(each), ["checkbox", "radio"].includes(each.type) ? each.checked : each.value]));

  function say(text, action, label) {
    const said = document.getElementById("said");
    said.replaceChildren(text);
    if (action) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "bl-btn bl-btn--plain";
      button.textContent = label;
      button.addEventListener("click", action);
      said.append(" ", button);
    }
    clearTimeout(say.timer);
    say.timer = setTimeout(() => said.replaceChildren(), action ? 20000 : 8000);
  }

  function mark(text) {
    document.getElementById("guide-saved").textContent = text;
  }

  // What is written is with the browser before it is with the server: a network that is away or a tab that is closed loses nothing.
  function keep() {
    try {
      localStorage.setItem(KEPT, JSON.stringify({ at: Date.now(), all: pairs() }));
    } catch {
      // A browser that keeps nothing for us still saves.
    }
  }
  function forget() {
    localStorage.removeItem(KEPT);
  }

  function changed() {
    changes += 1;
    keep();
    if (!document.getElementById("guide-saved").textContent.startsWith(texts.failed)) mark(texts.waiting);
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  }

  async function save(isLast) {
    clearTimeout(timer);
    if (sending) return sending;
    if (changes === stored) return undefined;
    const at = changes;
    const before = state();
    mark(texts.saving);
    sending = send(before, at, isLast === true);
    try {
      await sending;
    } finally {
      sending = null;
    }
    if (changes !== stored && stored === at) timer = setTimeout(save, SAVE_AFTER_MS);
    return undefined;
  }

  async function send(before, at, isLast) {
    let answer;
    try {
      const body = new URLSearchParams(pairs());
      body.set("do", "save");
      const got = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: isLast });
      answer = { status: got.status, told: await got.json() };
    } catch {
      mark(texts.failed);
      timer = setTimeout(save, retry);
      retry = Math.min(2 * retry, LONGEST_RETRY_MS);
      return;
    }
    retry = RETRY_MS;
    showFaults(answer.told.faults || {});
    if (answer.status !== 200) {
      mark(texts.refused);
      return;
    }
    stored = at;
    if (answer.told.html) takeOver(answer.told.html, before);
    field("base").value = answer.told.revision;
    field("version").value = answer.told.version;
    field("is_draft").value = "1";
    if (changes === stored) forget();
    else keep();
    mark(answer.told.text);
  }

  function showFaults(faults) {
    for (const place of form.querySelectorAll("[data-fault]")) {
      const input = field(place.dataset.fault);
      place.textContent = faults[place.dataset.fault] || "";
      if (!input) continue;
      if (place.textContent) {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", place.id);
      } else input.removeAttribute("aria-invalid");
    }
  }

  // Another one's work came in: the form is drawn anew, and what was written since this was sent is put back, with the place one is at.
  function takeOver(html, before) {
    const since = [...state()].filter(([id, value]) => before.get(id) !== value);
    const blank = [...steps().children].map((each) => each.dataset.key);
    const active = document.activeElement;
    const place = form.contains(active) ? { id: active.id, start: active.selectionStart, end: active.selectionEnd } : null;
    const top = window.scrollY;
    form.innerHTML = html;
    for (const [id] of since) {
      const key = blank.find((each) => id.startsWith(`f-step-${each}-`));
      if (key && !document.getElementById(`trin-${key}`)) steps().append(made(key));
    }
    for (const input of inputs()) {
      const found = since.find(([id]) => id === idOf(input));
      if (found && typeof found[1] === "boolean") input.checked = found[1];
      else if (found) input.value = found[1];
    }
    number();
    window.scrollTo({ top });
    const again = place && place.id && document.getElementById(place.id);
    if (again) {
      again.focus({ preventScroll: true });
      if (place.start !== undefined && place.start !== null && again.setSelectionRange) again.setSelectionRange(place.start, place.end);
    }
    const told = form.querySelector("[data-conflict], [data-taken]");
    if (told) say(told.querySelector("b").textContent, () => (told.querySelector("button") || told).scrollIntoView({ block: "center" }), texts.look);
  }

  function made(key) {
    const host = document.createElement("div");
    host.innerHTML = document.getElementById("step-template").innerHTML.replaceAll("__key__", key);
    return host.firstElementChild;
  }

  function number() {
    [...steps().children].forEach((each, index) => {
      for (const place of each.querySelectorAll("[data-number]")) place.textContent = (place.dataset.number || "#").replace("#", index + 1);
    });
  }

  function add(after) {
    const key = `t${[...crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    const step = made(key);
    if (after) after.after(step);
    else steps().append(step);
    number();
    step.querySelector("textarea").focus();
    say(texts.added);
    changed();
  }

  function move(step, by) {
    const other = by < 0 ? step.previousElementSibling : step.nextElementSibling;
    if (!other) return;
    const active = document.activeElement;
    // The other one is moved, so that what is being written in keeps the focus and the place in it.
    if (by < 0) step.after(other);
    else step.before(other);
    if (document.activeElement !== active) active.focus();
    number();
    step.scrollIntoView({ block: "nearest" });
    say(`${texts.moved} ${[...steps().children].indexOf(step) + 1}`);
    changed();
  }

  function remove(step) {
    removed = { step, next: step.nextElementSibling };
    const near = step.nextElementSibling || step.previousElementSibling;
    step.remove();
    number();
    (near || document.getElementById("trin")).focus();
    say(texts.removed, bringBack, texts.undo);
    changed();
  }

  function bringBack() {
    const { step, next } = removed;
    if (document.getElementById(step.id)) return;
    if (next && next.isConnected) next.before(step);
    else steps().append(step);
    number();
    step.querySelector("textarea").focus();
    say(texts.back);
    changed();
  }

  const acts = { add: (step) => add(step), up: (step) => move(step, -1), down: (step) => move(step, 1), remove };

  // A line of a list, with the cursor in it, one up or down.
  function moveLine(area, by) {
    const lines = area.value.split("\n");
    const at = area.value.slice(0, area.selectionStart).split("\n").length - 1;
    const to = at + by;
    if (to < 0 || to >= lines.length) return;
    [lines[at], lines[to]] = [lines[to], lines[at]];
    area.value = lines.join("\n");
    const end = lines.slice(0, to + 1).join("\n").length;
    area.setSelectionRange(end, end);
    changed();
  }

  form.addEventListener("input", (event) => {
    if (event.target.type !== "file") changed();
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const act = button.dataset.act;
    if (act) {
      event.preventDefault();
      acts[act](block(button));
    } else if ("keep" in button.dataset) {
      event.preventDefault();
      button.closest("[data-conflict]").remove();
      document.getElementById("guide-save").focus();
    } else if (button.id === "guide-save") {
      event.preventDefault();
      changes += 1;
      save();
    }
  });
  // A picture goes as soon as it is chosen; the rest of the form goes with it.
  form.addEventListener("change", (event) => {
    if (event.target.type !== "file" || !event.target.files.length) return;
    form.requestSubmit(form.querySelector(`button[value="picture:${CSS.escape(block(event.target).dataset.key)}"]`));
  });
  // What is on its way is waited for: the page that is sent would go on from a revision that is no longer the newest.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!sending) return;
    event.preventDefault();
    sending.finally(() => {
      clearTimeout(timer);
      form.requestSubmit(event.submitter);
    });
  });

  document.addEventListener("keydown", (event) => {
    const inside = form.contains(event.target);
    if (event.ctrlKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      changes += 1;
      save();
    } else if (inside && event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      add(block(event.target));
    } else if (inside && event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      const by = event.key === "ArrowUp" ? -1 : 1;
      const step = block(event.target);
      if (step || "list" in event.target.dataset) event.preventDefault();
      if (step) move(step, by);
      else if ("list" in event.target.dataset) moveLine(event.target, by);
    } else if (inside && event.key === "Escape" && event.target.matches("textarea, input")) {
      const around = event.target.closest(".bl-edit-block");
      around.tabIndex = -1;
      around.focus();
      say(texts.left);
    }
  });

  window.addEventListener("online", () => save());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });
  window.addEventListener("pagehide", () => save(true));

  // What did not come to be stored is offered back; brought in, it is brought together with what was written meanwhile.
  function offer() {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(KEPT));
    } catch {
      forget();
    }
    const query = new URLSearchParams(location.search);
    if (query.has("gemt")) {
      // It has just been stored. What is written from now on has not: the next time the page is loaded it is offered.
      query.delete("gemt");
      history.replaceState(history.state, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
      return forget();
    }
    // What is refused stands in the fields, and nowhere else: it is kept as well.
    if (!kept || form.querySelector('[aria-invalid="true"]')) return undefined;
    if (written(kept.all) === written(pairs())) return forget();
    const box = document.getElementById("guide-offer");
    const at = new Date(kept.at);
    box.querySelector("[data-at]").textContent = `(${String(at.getHours()).padStart(2, "0")}.${String(at.getMinutes()).padStart(2, "0")})`;
    box.hidden = false;
    box.addEventListener("click", ({ target }) => {
      if (!target.dataset.offer) return;
      box.hidden = true;
      if (target.dataset.offer === "take") fill(kept.all);
      else forget();
      document.getElementById("guide-save").focus();
    });
    return undefined;
  }

  function fill(all) {
    const known = new Map([...steps().children].map((each) => [each.dataset.key, each]));
    const keys = all.filter(([name]) => name === "step").map(([, key]) => key);
    steps().replaceChildren(...keys.map((key) => known.get(key) || made(key)));
    const several = new Map();
    for (const [name, value] of all) {
      if (name === "csrfmiddlewaretoken" || name === "step" || name.startsWith("mine:")) continue;
      several.set(name, [...(several.get(name) || []), value]);
    }
    for (const input of form.querySelectorAll("textarea, select, input")) {
      if (!input.name || ["file", "submit"].includes(input.type) || ["step", "csrfmiddlewaretoken"].includes(input.name)) continue;
      const values = several.get(input.name);
      if (input.type === "checkbox" || input.type === "radio") input.checked = Boolean(values && values.includes(input.value));
      else if (values && values.length) input.value = values.shift();
    }
    number();
    changed();
    save();
  }

  const fresh = document.querySelector("#nyt-trin textarea");
  if (fresh) fresh.focus();
  else if (location.hash && document.querySelector(location.hash)) document.querySelector(location.hash).focus({ preventScroll: true });
  const wrong = form.querySelector('[aria-invalid="true"]');
  if (wrong) wrong.focus();
  offer();
})();
