// A search field above each long list: it leaves only options that hold the typed words.
for (const list of document.querySelectorAll("select[data-filter]")) {
  const field = document.createElement("input");
  field.type = "search";
  field.placeholder = list.dataset.filter;
  field.setAttribute("aria-label", `${list.labels[0].textContent}: ${list.dataset.filter}`);
  field.setAttribute("aria-controls", list.id);
  list.before(field);
  const options = [...list.options].map((option) => [option, plain(option.text)]);
  field.addEventListener("input", () => {
    const words = plain(field.value).split(" ").filter(Boolean);
    const chosen = list.selectedOptions[0];
    list.replaceChildren(
      ...options
        .filter(([option, text]) => option === chosen || words.every((word) => text.includes(word)))
        .map(([option]) => option),
    );
    const found = [...list.options].filter((option) => words.every((word) => plain(option.text).includes(word)));
    if (words.length && found.length) list.value = found[0].value;
  });
}

function plain(text) {
  return text.toLowerCase().replaceAll("ё", "е").trim();
}
