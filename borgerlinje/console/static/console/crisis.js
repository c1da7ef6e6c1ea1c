// The log is written without a mouse: Alt 1 to 3 in the text send it as what the button of that number says.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest && event.target.closest("#log-form");
  const button = event.altKey && form && form.querySelector(`[data-key="${event.key}"]`);
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
});
