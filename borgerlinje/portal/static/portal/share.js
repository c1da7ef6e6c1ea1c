// "Del siden": the address to the clipboard, and the page to the printer. Without script the address stands to be marked.
(() => {
  "use strict";
  const row = document.getElementById("del");
  if (!row) return;
  const address = row.querySelector("[data-address]");
  const status = row.querySelector("[role=status]");
  for (const button of row.querySelectorAll("button")) button.hidden = false;

  async function copy() {
    status.textContent = "";
    try {
      await navigator.clipboard.writeText(address.textContent);
      status.textContent = status.dataset.copied;
    } catch {
      // A page without TLS, or a browser that was told no.
      getSelection().selectAllChildren(address);
      status.textContent = status.dataset.marked;
    }
  }

  row.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    if (button.dataset.do === "copy") copy();
    if (button.dataset.do === "print") window.print();
  });
})();
