// The source table beside its facts: a cell puts its row into focus and lights its facts, a fact lights its words.
// Without this script the same happens by links and a new page.

class SideBySide extends HTMLElement {
  connectedCallback() {
    this.aside = this.querySelector("aside");
    if (!this.aside) return;
    this.panel = this.aside.querySelector(".panel");
    this.asked = 0;
    this.addEventListener("click", (event) => this.clicked(event));
  }

  clicked(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const pick = event.target.closest("a.pick");
    if (pick) {
      event.preventDefault();
      const row = pick.closest("tr").id;
      this.focusRow(row).then(() => this.tell({ row }, row));
      return;
    }
    const mark = event.target.closest("a.mark");
    const fact = event.target.closest("[data-fact]");
    if (mark || (fact && !event.target.closest("a"))) {
      event.preventDefault();
      const link = mark ? new URL(mark.href) : null;
      const cell = link ? link.hash.slice(1) : fact.dataset.fact;
      this.light(cell, link ? link.searchParams.get("signs") : fact.dataset.signs);
      document.getElementById(cell)?.scrollIntoView({ block: "nearest", inline: "nearest" });
      return;
    }
    const cell = event.target.closest("td.cell");
    if (cell && !String(getSelection())) {
      this.focusRow(cell.closest("tr").id).then(() => this.light(cell.id, null));
    }
  }

  async focusRow(row) {
    if (this.aside.dataset.row === row) return;
    this.aside.dataset.row = row;
    for (const other of this.querySelectorAll("tr.focus")) other.classList.remove("focus");
    document.getElementById(row)?.classList.add("focus");
    const turn = ++this.asked;
    const address = new URL(`${location.pathname}/rows/${row}`, location.href);
    const version = new URL(location.href).searchParams.get("version");
    if (version) address.searchParams.set("version", version);
    this.panel.setAttribute("aria-busy", "true");
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (turn !== this.asked) return;
    if (!answer.ok) {
      location.search = `?row=${row}`;
      return;
    }
    this.panel.innerHTML = await answer.text();
    this.panel.removeAttribute("aria-busy");
    this.aside.scrollTop = 0;
  }

  light(anchor, signs) {
    for (const mark of this.querySelectorAll("td.cell mark")) mark.replaceWith(mark.textContent);
    for (const element of this.querySelectorAll(".lit")) {
      element.classList.remove("lit");
      element.normalize();
    }
    const cell = document.getElementById(anchor);
    if (!cell) return;
    cell.classList.add("lit");
    const [start, end] = (signs ?? "").split("-").map(Number);
    // Offsets count characters as Python does, beyond the basic plane too.
    const letters = Array.from(cell.textContent);
    if (signs && start < end && end <= letters.length) {
      const mark = document.createElement("mark");
      mark.textContent = letters.slice(start, end).join("");
      cell.replaceChildren(letters.slice(0, start).join(""), mark, letters.slice(end).join(""));
    }
    for (const fact of this.panel.querySelectorAll(`[data-fact="${CSS.escape(anchor)}"]`)) {
      if (!signs || !fact.dataset.signs || fact.dataset.signs === signs) fact.classList.add("lit");
    }
    this.tell({ cell: anchor, signs }, anchor);
  }

  tell(parameters, anchor) {
    const address = new URL(location.href);
    for (const name of ["cell", "signs", "row"]) address.searchParams.delete(name);
    for (const [name, value] of Object.entries(parameters)) if (value) address.searchParams.set(name, value);
    address.hash = anchor;
    history.replaceState(null, "", address);
    document.getElementById("selected")?.remove();
  }
}

customElements.define("side-by-side", SideBySide);
