// <search-box>: hits under the field as one types, by kind, as the ARIA combobox pattern has it.
// Without script the form inside leads to /search.

const PAUSE = 120;

class SearchBox extends HTMLElement {
  #form;
  #field;
  #list;
  #status;
  #timer = 0;
  #asked = "";
  #request = null;
  #active = -1;

  connectedCallback() {
    this.#form = this.querySelector("form");
    this.#field = this.querySelector("input");
    if (!this.#field || this.#list) return;
    this.#list = document.createElement("div");
    this.#list.id = "search-hits";
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", this.#field.labels[0]?.textContent ?? "");
    this.#list.hidden = true;
    this.#status = document.createElement("div");
    this.#status.className = "hidden-label";
    this.#status.setAttribute("role", "status");
    this.append(this.#list, this.#status);
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": this.#list.id,
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
    })) {
      this.#field.setAttribute(name, value);
    }
    this.#field.addEventListener("input", () => this.#later());
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.#field.addEventListener("focus", () => {
      if (this.#field.value.trim() && this.#asked === this.#field.value.trim()) this.#open();
    });
    // The field keeps the focus while a hit is clicked.
    this.#list.addEventListener("mousedown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#go(option, event.ctrlKey || event.metaKey);
    });
    this.addEventListener("focusout", (event) => {
      if (!this.contains(event.relatedTarget)) this.#close();
    });
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE);
  }

  async #ask() {
    const text = this.#field.value.trim();
    this.#request?.abort();
    if (!text) {
      this.#asked = "";
      this.#close();
      return;
    }
    this.#request = new AbortController();
    let answer;
    try {
      const response = await fetch(`/api/search?${new URLSearchParams({ q: text, limit: "4" })}`, {
        signal: this.#request.signal,
        headers: { Accept: "application/json" },
      });
      if (!response.ok) return;
      answer = await response.json();
    } catch {
      return; // Given up for a later word, or no server: the form still works.
    }
    if (text !== this.#field.value.trim()) return;
    this.#asked = text;
    this.#show(answer);
  }

  #show(answer) {
    this.#list.replaceChildren();
    let number = 0;
    const option = (href, ...parts) => {
      const element = document.createElement("div");
      element.id = `search-hit-${number++}`;
      element.setAttribute("role", "option");
      element.setAttribute("aria-selected", "false");
      element.dataset.href = href;
      element.append(...parts);
      return element;
    };
    const kinds = new Map(answer.kinds.map((kind) => [kind.kind, kind.title]));
    const groups = new Map();
    for (const hit of answer.hits) {
      if (!hit.href) continue;
      if (!groups.has(hit.kind)) {
        const group = document.createElement("div");
        const title = document.createElement("div");
        title.className = "title";
        title.id = `search-kind-${hit.kind}`;
        title.textContent = kinds.get(hit.kind) ?? hit.kind;
        group.setAttribute("role", "group");
        group.setAttribute("aria-labelledby", title.id);
        group.append(title);
        groups.set(hit.kind, group);
        this.#list.append(group);
      }
      const label = document.createElement("span");
      label.className = "long";
      label.append(...marked(hit.label, hit.marks));
      const parts = [label];
      // Where a body or a place is tells it from others of its name; of other things the words found say more.
      const apart = !hit.marks.length && hit.excerpt && hit.context && (hit.kind === "body" || hit.kind === "territory");
      const below = hit.marks.length ? [hit.context] : marked(hit.excerpt || hit.context, hit.excerpt_marks);
      if (apart) below.unshift(`${hit.context} · `);
      if (below.some(Boolean)) {
        const small = document.createElement("small");
        small.append(...below);
        parts.push(small);
      }
      groups.get(hit.kind).append(option(hit.href, ...parts));
    }
    if (answer.total) {
      const words = this.dataset.all;
      this.#list.append(option(`/search?${new URLSearchParams({ q: answer.query })}`, `${words}: ${answer.total}`));
    } else {
      const empty = document.createElement("div");
      empty.className = "empty";
      empty.textContent = this.dataset.nothing;
      this.#list.append(empty);
    }
    this.#status.textContent = answer.total ? this.dataset.some.replace("%", answer.total) : this.dataset.nothing;
    this.#active = -1;
    this.#open();
  }

  #options() {
    return [...this.#list.querySelectorAll("[role=option]")];
  }

  #open() {
    if (!this.#list.childElementCount || !this.contains(document.activeElement)) return;
    this.#list.hidden = false;
    this.#field.setAttribute("aria-expanded", "true");
  }

  #close() {
    this.#list.hidden = true;
    this.#field.setAttribute("aria-expanded", "false");
    this.#choose(-1);
  }

  #choose(number) {
    const options = this.#options();
    this.#active = number;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === number)));
    if (number < 0) {
      this.#field.removeAttribute("aria-activedescendant");
    } else {
      this.#field.setAttribute("aria-activedescendant", options[number].id);
      options[number].scrollIntoView({ block: "nearest" });
    }
  }

  #key(event) {
    if (event.isComposing) return;
    const count = this.#options().length;
    const open = !this.#list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) {
        if (this.#asked && this.#asked === this.#field.value.trim()) this.#open();
        else this.#ask();
        return;
      }
      if (!count) return;
      // One place more than there are hits: the field itself.
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#choose(((this.#active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && open && this.#active >= 0) {
      event.preventDefault();
      this.#go(this.#options()[this.#active], event.ctrlKey || event.metaKey);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      this.#close();
    }
  }

  #go(option, aside) {
    if (aside) window.open(option.dataset.href, "_blank", "noopener");
    else window.location.assign(option.dataset.href);
  }
}

function marked(text, marks) {
  const parts = [];
  // The server counts characters, the browser half characters.
  const letters = [...text];
  let end = 0;
  for (const [start, stop] of marks) {
    const mark = document.createElement("mark");
    mark.textContent = letters.slice(start, stop).join("");
    parts.push(letters.slice(end, start).join(""), mark);
    end = stop;
  }
  parts.push(letters.slice(end).join(""));
  return parts;
}

customElements.define("search-box", SearchBox);
