// Whether this desk is there: it says so while it is, says that it goes when it goes, and that it is back when it is.
(() => {
  "use strict";
  const SEEN = "/live/her/";
  // A little less than between two pings of the worker.
  const SEEN_MS = 8_000;
  const UNREACHABLE_MS = 3_000;
  const AGAIN_MS = 2_000;
  const phone = window.blPhone;
  const desk = document.getElementById("desk");
  const texts = JSON.parse(document.getElementById("desk-texts").textContent);
  const standing = () => document.getElementById("indhold").dataset.standing;

  // Not a timer of the page's own: browsers let those of a hidden tab run once a minute.
  let seenAt = 0;
  document.addEventListener("bl:ping", seen);
  async function seen() {
    if (!phone.name() || Date.now() - seenAt < SEEN_MS) return;
    seenAt = Date.now();
    try {
      const { status } = await fetch(SEEN, { method: "POST" });
      if (status === 401 && !phone.isTalking()) location.reload();
    } catch {
      // Offline: that it is not heard is how the server knows.
    }
  }

  addEventListener("online", () => {
    seenAt = 0;
    seen();
    htmx.trigger(desk, "bl:read");
  });

  // A beacon carries no headers: the token goes in the form.
  function beacon(address, values) {
    const { "X-CSRFToken": csrfmiddlewaretoken } = JSON.parse(document.body.getAttribute("hx-headers"));
    navigator.sendBeacon(address, new URLSearchParams({ ...values, csrfmiddlewaretoken }));
  }

  addEventListener("pagehide", () => {
    if (!phone.name()) return;
    const note = document.querySelector("#note-form:has(:is(input, textarea)[data-dirty])");
    if (note) beacon(note.getAttribute("hx-post"), Object.fromEntries(new FormData(note)));
    beacon(desk.dataset.away, { name: phone.name() });
  });
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

  // The telephone is out of reach though the page is not: nobody shall ring here in vain.
  const isUnreachable = () => desk.dataset.phoneState !== "ready" && ["ready", "offered"].includes(standing()) && !phone.isTalking();
  let unreachable = 0;
  function look() {
    comeBack();
    if (isUnreachable() && !desk.hidden) {
      unreachable = unreachable || setTimeout(sayUnreachable, UNREACHABLE_MS);
    } else {
      clearTimeout(unreachable);
      unreachable = 0;
    }
  }
  function sayUnreachable() {
    unreachable = 0;
    if (desk.hidden || !isUnreachable()) return;
    phone.post(desk.dataset.away, { name: phone.name(), idle: 1 }).then(() => htmx.trigger(desk, "bl:read")).catch(() => {});
  }
  document.addEventListener("bl:phone", look);
  document.addEventListener("htmx:afterSettle", () => {
    look();
    seen();
  });

  // Lost, by whatever way, and there again with a telephone: the employee takes up what they were doing.
  let saidAt = 0;
  function comeBack() {
    const isBack = !desk.hidden && desk.dataset.phoneState === "ready" && standing() === "connection_lost";
    if (!isBack || Date.now() - saidAt < AGAIN_MS) return;
    saidAt = Date.now();
    phone.post(desk.dataset.back).then(() => htmx.trigger(desk, "bl:read")).catch(() => setTimeout(comeBack, AGAIN_MS));
  }

  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") !== desk.dataset.signOut) return;
    if (!phone.isTalking() || window.confirm(texts.signOut)) phone.letLeave();
    else event.preventDefault();
  }, true);
})();
