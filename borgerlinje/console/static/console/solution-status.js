// Enter looks at it, and Enter again says it. The usual words follow the kind that is chosen, until somebody writes their own. The server does the same without this.
{
  const form = document.getElementById("status-form");
  const words = JSON.parse(document.getElementById("usual-words").textContent);
  const fields = { da: form.elements.text, en: form.elements.text_en };

  form.addEventListener("change", (event) => {
    if (event.target.name === "until_at" && event.target.value) form.querySelector('[name="ends"][value="kl"]').checked = true;
    if (event.target.name !== "kind") return;
    for (const [language, field] of Object.entries(fields)) {
      const isUsual = Object.values(words).some((each) => each[language] === field.value.trim());
      if (isUsual) field.value = words[event.target.value][language];
    }
  });
  if (!form.querySelector('[name="gem"]')) form.querySelector('[name="kind"]:checked')?.focus();
}
