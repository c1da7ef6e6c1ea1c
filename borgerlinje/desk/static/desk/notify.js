// A word on the screen when it rings and the desk is not what the employee looks at. Asked for on the page of one's own telephone, never here.
// It names authority and line, never the citizen: others may see the screen.
(() => {
  "use strict";
  let shown = null;
  let about = "";
  const mayShow = () => "Notification" in window && Notification.permission === "granted" && localStorage.getItem("bl-notify") === "1";
  const isSeen = () => document.visibilityState === "visible" && document.hasFocus();

  function look() {
    const offer = document.querySelector("#indhold [data-notice]");
    const what = offer ? offer.dataset.offer : "";
    if (what !== about || isSeen()) close();
    about = what;
    if (!offer || shown || isSeen() || !mayShow()) return;
    try {
      // Silent: the ring is the desk's own, on the loudspeaker that was chosen for it.
      shown = new Notification(offer.dataset.noticeTitle, { body: offer.dataset.notice, tag: "bl-offer", silent: true });
    } catch {
      // Browsers of telephones show them in another way only: the desk rings all the same.
      return;
    }
    shown.addEventListener("click", () => {
      window.focus();
      close();
    });
  }

  function close() {
    if (shown) shown.close();
    shown = null;
  }

  document.addEventListener("htmx:afterSettle", look);
  document.addEventListener("visibilitychange", look);
  addEventListener("blur", look);
  addEventListener("focus", look);
  addEventListener("pagehide", close);
})();
