// Offers values while one types, and copies texts; without scripts values are typed and texts are selected.

class CopyText extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!navigator.clipboard || !button) return;
    this.hidden = false;
    const words = button.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(this.getAttribute("for")).textContent);
      button.textContent = button.dataset.done;
      setTimeout(() => (button.textContent = words), 2000);
    });
  }
}
customElements.define("copy-text", CopyText);

for (const field of document.querySelectorAll("input[data-lookup]")) {
  const list = document.getElementById(field.getAttribute("list"));
  const hint = document.getElementById(field.getAttribute("aria-describedby"));
  let waiting = 0;
  let newest = 0;
  field.addEventListener("input", () => {
    const chosen = [...list.options].find((option) => option.value === field.value);
    if (chosen) {
      hint.textContent = chosen.label;
      return;
    }
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const mine = ++newest;
      const answer = await fetch(`${field.dataset.lookup}?${new URLSearchParams({ text: field.value })}`);
      if (!answer.ok || mine !== newest) return;
      const choices = await answer.json();
      list.replaceChildren(
        ...choices.map(({ value, label }) => {
          const option = document.createElement("option");
          option.value = value;
          option.label = label;
          return option;
        }),
      );
    }, 120);
  });
}
