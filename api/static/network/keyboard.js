import { moved, toScreen } from "./view.js";

/**
 * The keyboard in a drawing.  Enter begins a walk at the most important node, Tab goes on by rank; outside of a walk
 * Tab leaves the drawing as it leaves any other control, so that nobody is caught in it.
 *
 * @typedef {import("./network-map.js").NetworkMap} NetworkMap
 */

const STEP = 60;
const EDGE = 40;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };

export class Keyboard {
  /** The node that the walk is at. @type {number | null} */
  at = null;

  /** @param {NetworkMap} map @param {HTMLCanvasElement} canvas */
  constructor(map, canvas) {
    this.map = map;
    canvas.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey && this.#take(event)) event.preventDefault();
    });
    canvas.addEventListener("blur", () => this.#leave());
  }

  /** Whether the key meant something here. @param {KeyboardEvent} event @returns {boolean} */
  #take({ key, shiftKey }) {
    const { map } = this;
    if (ARROWS[key]) map.go(moved(map.view, ...ARROWS[key]));
    else if (key === "+" || key === "=") map.enlarge(1.3);
    else if (key === "-" || key === "−") map.enlarge(1 / 1.3);
    else if (key === "0") map.home();
    else if (key === "Enter" || key === " ") this.#enter(shiftKey);
    else if (key === "Tab" && this.at !== null) return this.#walk(shiftKey ? -1 : 1);
    else if (key === "Escape" && this.at !== null) this.#leave();
    else if (key === "Escape" && (map.selected.size || map.category !== null)) map.clear();
    else return false;
    return true;
  }

  /** @param {boolean} several */
  #enter(several) {
    const { network, selected } = this.map;
    if (!network) return;
    if (this.at === null) this.#stand([...selected].pop() ?? network.order[network.size - 1]);
    else {
      this.map.select(this.at, several);
      this.#speak(this.at);
    }
  }

  /** To the next node by rank; false at both ends, where the keyboard goes on to what follows. @param {number} by */
  #walk(by) {
    const { network } = this.map;
    if (!network || this.at === null) return false;
    const next = network.size - network.rank[this.at] - by;
    if (next < 0 || next >= network.size) {
      this.#leave();
      return false;
    }
    this.#stand(network.order[next]);
    return true;
  }

  /** @param {number} node */
  #stand(node) {
    const { network, view, size } = this.map;
    if (!network) return;
    this.at = node;
    const [x, y] = toScreen(view, size, network.x[node], network.y[node]);
    if (x < EDGE || y < EDGE || x > size.width - EDGE || y > size.height - EDGE) {
      this.map.go({ ...view, x: network.x[node], y: network.y[node] });
    }
    this.#speak(node);
    this.map.paint();
  }

  /** @param {number} node */
  #speak(node) {
    const { network, selected } = this.map;
    if (!network) return;
    const { nodes, words } = network;
    const isSelected = selected.has(node) ? `, ${words.selected.toLowerCase()}` : "";
    const facts = [
      `${words.activities}: ${nodes.activities[node]}`,
      `${words.degree}: ${nodes.degree[node]}`,
      `${words.community} ${nodes.community[node] + 1}`,
      `${network.rank[node]} ${words.ofwhole} ${network.size}`,
    ];
    this.map.tell(`${nodes.label[node]}${isSelected}. ${facts.join(", ")}`);
  }

  #leave() {
    if (this.at === null) return;
    this.at = null;
    this.map.tell("");
    this.map.paint();
  }
}
