// What is written and chosen about a contact. Closing is done with the keyboard: while the list has the focus: digits choose the outcome, I and T the nature, K and G lead
// to the municipality and to why help was needed, Enter closes. From elsewhere F4, and in a list Enter, lead back to it.
(() => {
  "use strict";
  const texts = JSON.parse(document.getElementById("desk-texts").textContent);
  const ofClosing = (element) => Boolean(element.form && element.form.id === "closing");
  const radios = (name) => [...document.querySelectorAll(`input[form="closing"][name="${name}"], #closing input[name="${name}"]`)];
  const control = (name) => document.querySelector(`#closing [name="${name}"], [form="closing"][name="${name}"], :is(#note-form, #transfer-form, #call-out, #cancel-form, #correct-form) [name="${name}"]`);

  document.addEventListener("keydown", (event) => {
    // F4 ends the conversation (desk.js); once more, from the note, it leads to the list.
    if (event.key === "F4" && !document.querySelector('[data-key="F4"]')) focusOutcome();
    if (!ofClosing(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter") enter(event);
    else if (event.target.type === "radio") shortcut(event);
  });

  function enter(event) {
    const { target } = event;
    if (target.type === "submit") return;
    event.preventDefault();
    // A list may be open: Enter chooses in it, and must not close the contact at once.
    if (target.tagName === "SELECT" && !event.shiftKey) return focusOutcome();
    document.querySelector(event.shiftKey ? '#closing button[name="then"]' : "#closing button:not([name])").click();
  }

  function shortcut(event) {
    const key = event.key.toLowerCase();
    const list = { k: "home", g: "help_reason" }[key];
    if (/^[1-9]$/.test(key)) choose(radios("outcome")[Number(key) - 1], true);
    else if (key === "i" || key === "t") choose(radios("nature").find((each) => each.value.startsWith(key === "i" ? "inf" : "tra")), false);
    else if (list && control(list).checkVisibility()) control(list).focus();
    else return;
    event.preventDefault();
  }

  function choose(radio, hasFocus) {
    if (!radio || radio.disabled) return;
    radio.checked = true;
    if (hasFocus) radio.focus();
    radio.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function focusOutcome() {
    const chosen = radios("outcome").find((each) => each.checked) || radios("outcome")[0];
    if (chosen) chosen.focus();
  }

  // What was chosen stands, whatever the desk re-reads before the contact is closed.
  document.addEventListener("input", ({ target }) => {
    if (target.closest("#note-form, #transfer-form, #call-out, #cancel-form, #correct-form")) clear(target.name);
    if (!ofClosing(target)) return;
    (target.type === "radio" ? target.closest("fieldset") : target).dataset.dirty = "";
    clear(target.name);
    if (target.name === "nature") target.closest("fieldset").dataset.chosen = "";
    if (target.name === "outcome") suggestNature(target.value);
  });

  // The nature follows the outcome until somebody says otherwise.
  function suggestNature(outcome) {
    const [first] = radios("nature");
    if (!first || "chosen" in first.closest("fieldset").dataset) return;
    const isTransaction = document.getElementById("closing").dataset.transactions.split(" ").includes(outcome);
    radios("nature").forEach((each) => { each.checked = (each.value === "transaction") === isTransaction; });
    first.closest("fieldset").dataset.dirty = "";
  }

  // The list takes the focus when it appears, unless the hand is in a text. (No autofocus: htmx would follow it each time the desk is read.)
  let shown = false;
  function look() {
    const isShown = Boolean(document.getElementById("closing"));
    if (isShown && !shown && !/^(TEXTAREA|INPUT)$/.test(document.activeElement.tagName)) focusOutcome();
    shown = isShown;
  }
  document.addEventListener("htmx:afterSettle", look);
  look();

  // The note and the closing are refused alike: every fault at once, each under its field.
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!["closing", "note-form", "transfer-form", "call-out", "cancel-form", "correct-form"].includes(detail.elt.id) || detail.successful) return;
    // Something that changed meanwhile is said beside the page (page.js).
    if (detail.xhr.status === 409) return;
    const isClosing = detail.elt.id !== "note-form";
    for (const place of document.querySelectorAll(isClosing ? "#indhold [data-place]" : "#note-form [data-place]")) place.replaceChildren();
    const answer = new DOMParser().parseFromString(detail.xhr.status ? detail.xhr.responseText : "", "text/html");
    const faults = [...answer.querySelectorAll("[data-fault]")];
    faults.forEach((fault) => say(fault.dataset.fault, fault.textContent.trim()));
    if (!faults.length) say(isClosing ? "" : "note", answer.body.textContent.trim() || texts.notSaved);
    const first = document.querySelector('#indhold [aria-invalid="true"]');
    if (isClosing && first) first.focus();
    const said = document.querySelector("#indhold [data-place]:not(:empty)");
    if (said) said.scrollIntoView({ block: "nearest" });
  });

  // Said under the field; what was written or chosen stays as it is.
  function say(name, text) {
    const place = document.querySelector(`#indhold [data-place="${name}"]`) || document.querySelector('#indhold [data-place=""]');
    const line = document.createElement("span");
    line.textContent = text;
    place.dataset.dirty = "";
    place.replaceChildren(line);
    const field = name && control(name);
    if (field && text !== texts.notSaved) field.setAttribute("aria-invalid", "true");
  }

  function clear(name) {
    const place = document.querySelector(`#indhold [data-place="${name}"]`);
    if (place) place.replaceChildren();
    document.querySelectorAll(`#indhold [name="${name}"]`).forEach((field) => field.removeAttribute("aria-invalid"));
  }
})();
