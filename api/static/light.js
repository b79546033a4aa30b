// Lights up a cell and the facts read from it, both ways, without loading the page again.
const page = document.querySelector("main");

function light(anchor) {
  for (const element of page.querySelectorAll(".lit")) element.classList.remove("lit");
  const cell = document.getElementById(anchor);
  if (!cell) return;
  cell.classList.add("lit");
  for (const fact of page.querySelectorAll(`[data-fact="${CSS.escape(anchor)}"]`)) fact.classList.add("lit");
  const address = new URL(location.href);
  address.searchParams.set("cell", anchor);
  address.hash = anchor;
  history.replaceState(null, "", address);
}

page.addEventListener("click", (event) => {
  const link = event.target.closest("a.mark, a.place");
  if (link) {
    event.preventDefault();
    const anchor = new URL(link.href).hash.slice(1);
    light(anchor);
    document.getElementById(anchor)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    return;
  }
  const cell = event.target.closest("td.cell");
  if (cell && !String(getSelection())) light(cell.id);
});
