import { fields, panel, toolbar } from "./controls.js";
import { Gestures } from "./gestures.js";
import { Keyboard } from "./keyboard.js";
import { Labels } from "./labels.js";
import { Network } from "./network.js";
import { CanvasPen } from "./pens.js";
import { drawAll, drawLit, radiusOf } from "./picture.js";
import { enlarged, fit, read, toPlane, toScreen, written } from "./view.js";

/**
 * `<network-map src="/api/networks/…">`: a network to look at, move and choose in, by mouse, touch and keyboard.
 *
 * What stands inside is shown until the drawing is there, and stays if it does not come.  `table` names a table whose
 * rows have `data-node`; rows and nodes light each other up.  With `keeps-address` what is selected, how it is coloured
 * and where the picture stands go into the address of the page, and are read from it.
 *
 * Events: `drawn` (detail: milliseconds) and `selected` (detail: ids of nodes).
 *
 * @typedef {import("./picture.js").Theme} Theme
 * @typedef {import("./picture.js").Lit} Lit
 */

const REST = 140;
const CHEAP = 9;
// What is smaller is drawn anew in each frame, so it needs no margin.
const SMALL = 3000;
const MARGIN = 0.15;

export class NetworkMap extends HTMLElement {
  /** @type {Network | null} */
  network = null;
  view = { x: 0, y: 0, k: 1 };
  size = { width: 0, height: 0 };
  ratio = 1;
  /** The view of the last sharp picture. @type {import("./view.js").View | null} */
  stillView = null;
  /** @type {Set<number>} */
  selected = new Set();
  /** @type {number | null} */
  hovered = null;
  /** @type {number | null} */
  category = null;
  frames = 0;
  showLegend = () => {};
  labels = new Labels();
  #moving = 0;
  #wanted = 0;
  cost = 0;
  #isHome = true;

  async connectedCallback() {
    const begun = performance.now();
    const address = new URL(this.getAttribute("src") ?? "", location.href);
    address.searchParams.set("format", "map");
    address.searchParams.set("lang", document.documentElement.lang);
    this.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address);
      if (!response.ok) throw new Error(String(response.status));
      this.network = new Network(await response.json());
      if (!this.network.size) throw new Error("nothing to draw");
    } catch {
      this.removeAttribute("aria-busy");
      this.classList.add("failed");
      return;
    }
    this.address = address;
    this.#build(this.network);
    this.#restore(this.network);
    this.#listen();
    this.removeAttribute("aria-busy");
    this.paint();
    const took = Math.round(performance.now() - begun);
    this.tell(`${this.network.words.ready}: ${this.network.size}, ${took} ${this.network.words.milliseconds}`);
    this.classList.add("drawn");
    this.dispatchEvent(new CustomEvent("drawn", { detail: took }));
  }

  disconnectedCallback() {
    this.observer?.disconnect();
  }

  /** @param {Network} network */
  #build(network) {
    const { words } = network;
    this.canvas = document.createElement("canvas");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", `${words.drawing}. ${words.keys}`);
    this.status = document.createElement("p");
    this.status.className = "status";
    this.status.setAttribute("role", "status");
    this.frame = document.createElement("div");
    this.frame.className = "frame";
    this.still = document.createElement("canvas");
    this.frame.append(this.canvas, toolbar(this, words), this.status);
    this.replaceChildren(this.frame, ...fields(this, network));
    this.panel = this.querySelector(".selection");
    this.table = document.getElementById(this.getAttribute("table") ?? "");
  }

  /** What the address says of the picture. @param {Network} network */
  #restore(network) {
    this.#measureScreen();
    this.view = fit(network.box, this.size);
    if (this.hasAttribute("keeps-address")) {
      const given = new URL(location.href).searchParams;
      for (const id of given.getAll("select")) {
        const node = network.byId.get(id);
        if (node !== undefined) this.selected.add(node);
      }
      const at = read(given.get("at") ?? "");
      this.#isHome = !at;
      this.view = at ?? this.view;
      this.choose("colour", given.get("colour"), false);
      this.choose("size", given.get("size"), false);
    }
    this.showSelection();
  }

  #listen() {
    const canvas = /** @type {HTMLCanvasElement} */ (this.canvas);
    this.gestures = new Gestures(this, canvas);
    this.keyboard = new Keyboard(this, canvas);
    this.observer = new ResizeObserver(() => {
      if (!this.#measureScreen()) return;
      if (this.#isHome && this.network) this.view = fit(this.network.box, this.size);
      this.paint();
    });
    this.observer.observe(/** @type {Element} */ (this.frame));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
    this.#listenToTable();
  }

  #listenToTable() {
    const nodeOf = (/** @type {Event} */ event) => {
      const row = /** @type {Element} */ (event.target).closest?.("[data-node]");
      return this.network?.byId.get(row?.getAttribute("data-node") ?? "") ?? null;
    };
    for (const name of ["pointerover", "focusin"]) this.table?.addEventListener(name, (event) => this.hover(nodeOf(event)));
    for (const name of ["pointerleave", "focusout"]) this.table?.addEventListener(name, () => this.hover(null));
    this.table?.addEventListener("change", (event) => {
      const node = nodeOf(event);
      if (node !== null) this.select(node, true);
    });
  }

  // What is chosen

  /** One node, or one more or less of several. @param {number | null} node @param {boolean} [several] */
  select(node, several = false) {
    const was = node !== null && this.selected.has(node);
    if (!several) this.selected.clear();
    if (node !== null) {
      if (was) this.selected.delete(node);
      else this.selected.add(node);
    }
    this.category = null;
    this.showSelection();
    this.paint();
    this.#remember();
    const ids = [...this.selected].map((one) => /** @type {Network} */ (this.network).nodes.id[one]);
    this.dispatchEvent(new CustomEvent("selected", { detail: ids }));
  }

  clear() {
    this.selected.clear();
    this.select(null);
  }

  /** Lights up all of a category of the legend, or none. @param {number | null} category */
  light(category) {
    this.category = this.category === category ? null : category;
    for (const button of this.querySelectorAll(".legend button")) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-category") === String(this.category)));
    }
    this.paint();
  }

  /** @param {number | null} node */
  hover(node) {
    if (node === this.hovered) return;
    this.hovered = node;
    for (const row of this.table?.querySelectorAll("tr.lit") ?? []) row.classList.remove("lit");
    if (node !== null && this.network) {
      this.table?.querySelector(`[data-node="${CSS.escape(this.network.nodes.id[node])}"]`)?.classList.add("lit");
    }
    this.paint();
  }

  /** Colour or size by something else. @param {"colour" | "size"} what @param {string | null} value */
  choose(what, value, remember = true) {
    const control = /** @type {HTMLSelectElement | null} */ (this.querySelector(`select[name="map-${what}"]`));
    if (!value || !control || !this.network || ![...control.options].some((option) => option.value === value)) return;
    control.value = value;
    this.category = null;
    if (what === "colour") this.network.colourBy(/** @type {any} */ (value));
    else this.network.sizeBy(/** @type {any} */ (value));
    this.showLegend();
    if (remember) {
      this.paint();
      this.#remember();
    }
  }

  showSelection() {
    const { network } = this;
    if (!network) return;
    panel(this, /** @type {HTMLElement} */ (this.panel), network);
    for (const row of this.table?.querySelectorAll("[data-node]") ?? []) {
      const node = network.byId.get(row.getAttribute("data-node") ?? "");
      const isChosen = node !== undefined && this.selected.has(node);
      row.classList.toggle("chosen", isChosen);
      const box = /** @type {HTMLInputElement | null} */ (row.querySelector("input[type=checkbox]"));
      if (box) box.checked = isChosen;
    }
    const last = [...this.selected].pop();
    if (last === undefined) return;
    const row = this.table?.querySelector(`[data-node="${CSS.escape(network.nodes.id[last])}"]`);
    const holder = row?.closest(".scroll");
    if (row instanceof HTMLElement && holder && !holder.contains(document.activeElement)) {
      holder.scrollTop = row.offsetTop - holder.clientHeight / 2;
    }
  }

  /** @param {string} text */
  tell(text) {
    if (this.status) this.status.textContent = text;
  }

  #remember() {
    if (!this.hasAttribute("keeps-address") || !this.network) return;
    const address = new URL(location.href);
    for (const name of ["select", "at", "colour", "size"]) address.searchParams.delete(name);
    for (const node of this.selected) address.searchParams.append("select", this.network.nodes.id[node]);
    const { colouring, measure } = this.network;
    if (colouring && colouring !== "community") address.searchParams.set("colour", colouring);
    if (measure && measure !== "activities") address.searchParams.set("size", measure);
    if (!this.#isHome) address.searchParams.set("at", written(this.view));
    history.replaceState(null, "", address);
  }

  // Moving

  /** @param {import("./view.js").View} view */
  go(view, isHome = false) {
    this.view = view;
    this.#isHome = isHome;
    clearTimeout(this.#moving);
    this.#moving = setTimeout(() => {
      this.#moving = 0;
      // What is seen is what the address says, to the last pixel.
      if (!this.#isHome) this.view = read(written(this.view)) ?? this.view;
      this.paint();
      this.#remember();
    }, REST);
    this.paint();
  }

  /** @param {number} times */
  enlarge(times, px = this.size.width / 2, py = this.size.height / 2) {
    this.go(enlarged(this.view, this.size, times, px, py));
  }

  home() {
    if (this.network) this.go(fit(this.network.box, this.size), true);
  }

  /** The node under a pixel, the topmost of several. @param {number} px @param {number} py @param {number} near */
  nodeAt(px, py, near) {
    const { network, view, size } = this;
    if (!network) return null;
    const room = 40 / view.k + (network.graph.closed ? 2000 : 0);
    const [x, y] = toPlane(view, size, px, py);
    let best = null;
    for (const node of network.grid.within({ left: x - room, top: y - room, right: x + room, bottom: y + room })) {
      const [sx, sy] = toScreen(view, size, network.x[node], network.y[node]);
      const away = Math.hypot(sx - px, sy - py) - radiusOf(network, view, node);
      if (away <= near && (best === null || network.rank[node] < network.rank[best] || network.isBubble[best])) best = node;
    }
    return best;
  }

  // Drawing

  /** Whether the screen has changed. */
  #measureScreen() {
    const { frame, canvas } = this;
    if (!frame || !canvas) return false;
    const size = { width: Math.max(frame.clientWidth, 100), height: Math.max(frame.clientHeight, 100) };
    const ratio = Math.min(devicePixelRatio || 1, 2);
    if (size.width === this.size.width && size.height === this.size.height && ratio === this.ratio) return false;
    this.size = size;
    this.ratio = ratio;
    canvas.width = this.size.width * this.ratio;
    canvas.height = this.size.height * this.ratio;
    this.stillView = null;
    return true;
  }

  /** @returns {Theme} */
  theme() {
    const style = getComputedStyle(this);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    return {
      paper: colour("--sheet"),
      ink: colour("--ink"),
      quiet: colour("--quiet"),
      tie: colour("--tie"),
      accent: colour("--accent"),
      series: Array.from({ length: 8 }, (_, place) => colour(`--series-${place + 1}`)),
    };
  }

  /** What is lit: what is pointed at, else what is selected with its neighbours, else a category. @returns {Lit | null} */
  lit() {
    const { network } = this;
    if (!network) return null;
    const pointed = this.hovered ?? this.keyboard?.at ?? null;
    const main = new Set(this.selected);
    if (pointed !== null) main.add(pointed);
    const around = new Set();
    const edges = [];
    for (const node of main) {
      for (const edge of network.edgesOf(node)) edges.push(edge);
      for (const other of network.neighbours(node)) if (!main.has(other)) around.add(other);
    }
    if (main.size) return { main, around, edges };
    if (this.category === null) return null;
    for (let node = 0; node < network.size; node += 1) if (network.category[node] === this.category) main.add(node);
    return { main, around, edges: [] };
  }

  /** Asks for a picture; several wishes before the next frame are one. */
  paint() {
    this.#wanted ||= requestAnimationFrame(() => {
      this.#wanted = 0;
      this.#show();
    });
  }

  #show() {
    const { network, canvas, still, size } = this;
    const context = canvas?.getContext("2d");
    if (!network || !canvas || !context || !still) return;
    this.frames += 1;
    const theme = this.theme();
    const { ratio } = this;
    const look = `${this.view.x} ${this.view.y} ${this.view.k} ${network.colouring} ${network.measure} ${theme.paper}`;
    if (look !== this.stillLook || !this.stillView) {
      if (!this.#moving || this.cost < CHEAP || !this.stillView) this.#drawStill(network, theme, ratio, look);
    }
    const drawn = this.stillView ?? this.view;
    const scale = this.view.k / drawn.k;
    const [x, y] = toScreen(this.view, size, drawn.x, drawn.y);
    const wide = still.width / ratio;
    const high = still.height / ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, size.width, size.height);
    context.drawImage(still, x - (wide / 2) * scale, y - (high / 2) * scale, wide * scale, high * scale);
    const lit = this.lit();
    const pen = new CanvasPen(context, size);
    if (lit) drawLit(pen, network, this.view, size, theme, this.labels, lit);
    this.#drawBox(context, theme);
    if (this.frames === 1) performance.mark("network-map-drawn");
  }

  /** The sharp picture, with a margin so that moving shows no empty edge. @param {Network} network @param {Theme} theme @param {number} ratio @param {string} look */
  #drawStill(network, theme, ratio, look) {
    const still = /** @type {HTMLCanvasElement} */ (this.still);
    const begun = performance.now();
    const margin = network.size + network.source.length < SMALL ? 0 : MARGIN;
    const size = { width: this.size.width * (1 + 2 * margin), height: this.size.height * (1 + 2 * margin) };
    still.width = size.width * ratio;
    still.height = size.height * ratio;
    const context = /** @type {CanvasRenderingContext2D} */ (still.getContext("2d"));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawAll(new CanvasPen(context, size), network, this.view, size, theme, this.labels, this.size.width * margin);
    this.stillView = this.view;
    this.stillLook = look;
    this.cost = performance.now() - begun;
  }

  /** @param {CanvasRenderingContext2D} context @param {Theme} theme */
  #drawBox(context, theme) {
    const box = this.gestures?.box();
    if (!box) return;
    context.strokeStyle = theme.accent;
    context.setLineDash([5, 4]);
    context.strokeRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    context.setLineDash([]);
  }
}

customElements.define("network-map", NetworkMap);
