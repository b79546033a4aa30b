// <sparql-editor>: YASQE over the form's text field. Without script the form alone asks.
// Everything it asks is on this server: terms, names, answers, short links.
/* global Yasqe */

const DRAFT = "vekha-sparql-draft";
const WORD = /[\p{L}_][\p{L}\p{N}_.-]*(?::[\p{L}\p{N}_.-]*)?$/u;
const MOST = 40;

class SparqlEditor extends HTMLElement {
  #field;
  #form;
  #editor = null;
  #terms = { prefixes: {}, terms: [] };
  #wrong = null;
  #request = null;
  #names = new Map();

  connectedCallback() {
    this.#form = this.querySelector("form");
    this.#field = this.querySelector("textarea");
    if (!this.#field || this.#editor || typeof Yasqe === "undefined") return;
    if (!this.dataset.given) {
      const draft = stored();
      if (draft && draft !== this.#field.value) {
        this.#field.value = draft;
        this.#tell(this.dataset.draft);
      }
    }
    this.#start();
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
    for (const button of this.querySelectorAll("button[data-action]")) {
      button.hidden = false;
      button.addEventListener("click", () => (button.dataset.action === "link" ? this.#link() : this.#save()));
    }
    document.addEventListener("click", (event) => {
      const button = event.target.closest?.("button.insert");
      if (button) this.#insert(button.dataset.insert);
    });
    window.addEventListener("popstate", () => window.location.reload());
    fetch("/api/terms", { headers: { Accept: "application/json" } })
      .then((response) => (response.ok ? response.json() : this.#terms))
      .then((terms) => { this.#terms = terms; })
      .catch(() => {});
    this.#mark(document.querySelector("#problem"));
  }

  #start() {
    const place = document.createElement("div");
    this.#field.before(place);
    const label = this.querySelector("label");
    Yasqe.registerAutocompleter({
      name: "vekha",
      bulk: false,
      autoShow: true,
      isValidCompletionPosition: () => this.#isWord(),
      get: () => this.#complete(),
      postprocessHints: (_editor, hints) => this.#hints(hints),
    }, false);
    // Prefixes that the server knows need no PREFIX line, so its grammar must know them too.
    const known = Object.fromEntries(
      [...document.querySelectorAll(".prefixes dt")].map((term) => [
        term.textContent.replace(":", ""), term.nextElementSibling.textContent,
      ]),
    );
    Yasqe.defineMode("sparql-here", (config) => {
      const mode = Yasqe.getMode(config, "sparql11");
      return {
        ...mode,
        startState: (...given) => {
          const state = mode.startState(...given);
          return { ...state, prefixes: { ...known, ...state.prefixes } };
        },
      };
    });
    // Lists of options are merged place by place, so its own completers, which ask other hosts, go here.
    Yasqe.defaults.autocompleters = ["variables", "vekha"];
    // Else it tells in English which keys to press.
    Yasqe.Autocompleters.variables.autoShow = true;
    this.#editor = new Yasqe(place, {
      value: this.#field.value,
      mode: "sparql-here",
      persistenceId: null,
      createShareableLink: undefined,
      consumeShareLink: null,
      showQueryButton: false,
      resizeable: false,
      editorHeight: "auto",
      viewportMargin: Infinity,
      screenReaderLabel: label.textContent,
      requestConfig: { endpoint: "/sparql" },
      extraKeys: {
        "Ctrl-Enter": () => this.run(),
        "Cmd-Enter": () => this.run(),
        "Ctrl-Space": (editor) => editor.autocomplete(),
        "Ctrl-/": (editor) => editor.commentLines(),
        Tab: false,
        "Shift-Tab": false,
      },
    });
    // Its own way to ask is not used.
    this.#editor.query = () => this.run();
    this.#field.hidden = true;
    label.addEventListener("click", (event) => {
      event.preventDefault();
      this.#editor.focus();
    });
    this.#editor.on("change", () => {
      this.#field.value = this.#editor.getValue();
      this.#unmark();
      this.#explain();
      keep(this.#field.value);
    });
    this.#explain();
    this.#editor.on("autocompletionShown", () => {
      this.querySelector(".CodeMirror-hints")?.setAttribute("aria-label", this.dataset.hints);
    });
    this.#editor.setSize("100%", null);
    this.dataset.ready = "yes";
  }

  get value() {
    return this.#editor ? this.#editor.getValue() : this.#field.value;
  }

  async run() {
    const address = await this.#address();
    if (address) await this.#load(address);
  }

  async #save() {
    const columns = document.querySelector("table[data-columns]")?.dataset.columns ?? "";
    const asked = await this.#asked();
    if (asked) window.location.assign(`/sparql.rq?${new URLSearchParams({ ...asked, columns })}`);
  }

  // What stands for the query in an address: itself, or its short link if it is long.
  async #asked() {
    const text = this.value;
    if (encodeURIComponent(text).length <= Number(this.dataset.longest)) return { query: text };
    const kept = await this.#keep();
    return kept && { q: kept.id };
  }

  async #address() {
    const asked = await this.#asked();
    return asked && `/sparql?${new URLSearchParams(asked)}`;
  }

  async #keep() {
    try {
      const response = await fetch("/sparql/queries", {
        method: "POST",
        headers: { Accept: "application/json", ...(this.dataset.csrf ? { "X-CSRF-Token": this.dataset.csrf } : {}) },
        body: new URLSearchParams({ query: this.value }),
      });
      const answer = await response.json();
      if (response.ok) return answer;
      this.#tell(answer.detail);
    } catch {
      this.#tell(this.dataset.failed);
    }
    return null;
  }

  async #link() {
    const kept = await this.#keep();
    if (!kept) return;
    window.history.pushState(null, "", kept.address);
    const link = document.createElement("a");
    link.href = kept.address;
    link.textContent = new URL(kept.address, window.location.href).href;
    let words = this.dataset.long;
    try {
      await navigator.clipboard.writeText(link.textContent);
      words = `${this.dataset.copied}:`;
    } catch { /* The browser keeps the clipboard to itself; the link is there to be copied. */ }
    this.#tell(`${words} `, link);
  }

  async #load(address) {
    this.#request?.abort();
    this.#request = new AbortController();
    const part = document.querySelector("[data-part=answer]");
    part.classList.add("busy");
    this.#tell(this.dataset.running);
    try {
      const response = await fetch(address, { headers: { Accept: "text/html" }, signal: this.#request.signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector("[data-part=answer]") ?? page.querySelector("main");
      part.replaceChildren(...fresh.childNodes);
      window.history.pushState(null, "", address);
      this.#tell("");
      this.#mark(part.querySelector("#problem"));
    } catch (error) {
      if (error.name !== "AbortError") this.#tell(this.dataset.failed);
    } finally {
      part.classList.remove("busy");
    }
  }

  #tell(...words) {
    const status = this.querySelector("[data-part=status]");
    status.replaceChildren(...words);
    status.hidden = !status.textContent;
  }

  // An error has a line and a column: the line is shown, the cursor stands at the place.
  #mark(problem) {
    this.#unmark();
    const line = Number(problem?.dataset.line) - 1;
    if (!(line >= 0) || !this.#editor) return;
    this.#wrong = this.#editor.addLineClass(line, "background", "wrong-line");
    this.#editor.setCursor({ line, ch: Number(problem.dataset.column) - 1 });
    this.#editor.focus();
  }

  // What its grammar finds while one types is told in our words; the server says more.
  #explain() {
    for (const sign of this.querySelectorAll(".parseErrorIcon")) {
      sign.title = this.dataset.wrong;
      sign.setAttribute("role", "img");
      sign.setAttribute("aria-label", this.dataset.wrong);
    }
  }

  #unmark() {
    if (this.#wrong) this.#editor.removeLineClass(this.#wrong, "background", "wrong-line");
    this.#wrong = null;
  }

  // A pattern goes in as a line of its own, below the cursor if that line is used.
  #insert(text) {
    const editor = this.#editor;
    const cursor = editor.getCursor();
    const line = editor.getLine(cursor.line);
    const indent = /^\s*/.exec(line)[0] || "  ";
    if (line.trim()) editor.replaceRange(`\n${indent}${text}`, { line: cursor.line, ch: line.length });
    else editor.replaceRange(`${indent}${text}`, { line: cursor.line, ch: 0 }, { line: cursor.line, ch: line.length });
    editor.setCursor({ line: cursor.line + (line.trim() ? 1 : 0), ch: indent.length + text.length });
    editor.focus();
  }

  #word() {
    const cursor = this.#editor.getCursor();
    const before = this.#editor.getLine(cursor.line).slice(0, cursor.ch);
    const token = this.#editor.getTokenAt(cursor);
    // Prefixed names are «string-2» to YASQE.
    if (["string", "comment"].includes(token.type) || /[?$<"'][^\s]*$/.test(before)) return null;
    const found = WORD.exec(before);
    return found && { text: found[0], from: { line: cursor.line, ch: cursor.ch - found[0].length }, to: cursor };
  }

  #isWord() {
    const word = this.#word();
    return Boolean(word) && (word.text.length > 1 || word.text.includes(":"));
  }

  async #complete() {
    const word = this.#word();
    const names = new Map();
    this.#names = names;
    if (!word) return [];
    const [prefix, local] = word.text.includes(":") ? word.text.split(":", 2) : [null, word.text];
    const wanted = local.toLowerCase();
    const found = [];
    const offer = (name, label) => {
      if (names.has(name) || found.length >= MOST) return;
      names.set(name, label);
      found.push(name);
    };
    const rank = ({ name, label }) => {
      const own = name.slice(name.indexOf(":") + 1).toLowerCase();
      const said = label.toLowerCase();
      if (own.startsWith(wanted)) return 0;
      if (said.startsWith(wanted)) return 1;
      return said.includes(` ${wanted}`) || own.includes(wanted) ? 2 : 3;
    };
    if (!prefix || prefix === "vekha") {
      const terms = this.#terms.terms.map((term) => [rank(term), term]).filter(([place]) => place < 3);
      terms.sort(([one], [other]) => one - other);
      for (const [, term] of terms) offer(term.name, term.label);
    }
    if (!prefix) {
      for (const name of Object.keys(this.#terms.prefixes)) if (name.startsWith(local)) offer(`${name}:`, "");
    }
    if (prefix !== "vekha" && (wanted.length > 1 || prefix)) {
      for (const hit of await this.#things(wanted || prefix)) {
        const name = this.#shorten(hit.iri);
        if (name && (!prefix || name.startsWith(`${prefix}:`))) offer(name, hit.label);
      }
    }
    // Several of these may be under way; the last word typed counts.
    this.#names = names;
    return found;
  }

  async #things(text) {
    try {
      const asked = new URLSearchParams({ q: text, limit: "8" });
      const response = await fetch(`/api/search?${asked}`, { headers: { Accept: "application/json" } });
      return response.ok ? (await response.json()).hits.filter((hit) => hit.iri) : [];
    } catch {
      return [];
    }
  }

  #shorten(iri) {
    for (const [prefix, base] of Object.entries(this.#terms.prefixes)) {
      const local = iri.startsWith(base) ? iri.slice(base.length) : "";
      if (/^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u.test(local)) return `${prefix}:${local}`;
    }
    return null;
  }

  #hints(hints) {
    const word = this.#word();
    if (!word) return [];
    return hints.map(({ text }) => ({
      text,
      from: word.from,
      to: word.to,
      render: (element) => {
        const label = this.#names.get(text);
        const name = document.createElement("code");
        name.textContent = text;
        const said = document.createElement("span");
        said.textContent = label || "";
        element.append(...(label ? [said, name] : [name]));
      },
    }));
  }
}

function stored() {
  try {
    return window.localStorage.getItem(DRAFT);
  } catch {
    return null;
  }
}

function keep(text) {
  try {
    window.localStorage.setItem(DRAFT, text);
  } catch { /* A browser that keeps nothing has no drafts. */ }
}

customElements.define("sparql-editor", SparqlEditor);
