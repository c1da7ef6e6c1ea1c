// Listening to a message: faster, slower, and a little back. The player itself is the browser's own, keys and all.
(() => {
  "use strict";
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-speed], [data-skip]");
    const player = button && button.closest("[role='group'][id]")?.querySelector("audio");
    if (!player) return;
    if (button.dataset.skip) {
      player.currentTime = Math.max(0, player.currentTime + Number(button.dataset.skip));
      player.play();
      return;
    }
    player.playbackRate = Number(button.dataset.speed);
    for (const each of button.parentElement.querySelectorAll("[data-speed]")) {
      each.setAttribute("aria-pressed", String(each === button));
    }
  });
})();
