import { Grid } from "./grid.js";

/**
 * A network as `/api/networks/…?format=map` gives it, ready to draw: columns by node number, neighbours, categories.
 *
 * @typedef {import("./view.js").Box} Box
 * @typedef {{label: string, mark: string, count: number}} Category
 * @typedef {"community" | "level" | "kind"} Colouring
 * @typedef {"activities" | "degree" | "weighted_degree" | "betweenness" | "pagerank"} Measure
 */

/** Colours that a drawing tells apart; what comes after shares the last one. */
export const COLOURS = 8;
const SMALLEST = 4;
const LARGEST = 18;
const MEMBER = 30;
const WIDTHS = [0.6, 1.2, 2.4, 4.5];

/** Corners of the sign of a kind, as directions in degrees; all other kinds are circles. */
const SQUARE = [45, 135, 225, 315];
const TRIANGLE = [30, 150, 270];
const CORNERS = {
  BodyGroup: SQUARE,
  PostGroup: SQUARE,
  PersonGroup: SQUARE,
  Post: TRIANGLE,
  Person: TRIANGLE,
  activity: [0, 90, 180, 270],
  territory: [30, 90, 150, 210, 270, 330],
};

export class Network {
  /** @param {any} data */
  constructor(data) {
    this.graph = data.graph;
    this.words = data.words;
    this.levels = data.levels;
    this.kinds = data.kinds;
    this.nodes = data.nodes;
    this.size = data.nodes.id.length;
    this.source = new Uint32Array(data.edges.source);
    this.target = new Uint32Array(data.edges.target);
    this.weight = new Uint32Array(data.edges.weight);
    this.x = new Float32Array(data.nodes.x);
    this.y = new Float32Array(data.nodes.y);
    /** @type {Map<string, number>} */
    this.byId = new Map(data.nodes.id.map((/** @type {string} */ id, /** @type {number} */ node) => [id, node]));
    /** @type {(number[] | null)[]} */
    this.corners = data.nodes.kind.map(
      (/** @type {number} */ kind) => CORNERS[/** @type {keyof CORNERS} */ (this.kinds[kind].id)] ?? null,
    );
    this.isBubble = data.nodes.kind.map((/** @type {number} */ kind) => this.kinds[kind].id === "community");
    this.radius = new Float32Array(this.size);
    this.colour = new Uint8Array(this.size);
    /** @type {Uint32Array} */
    this.category = new Uint32Array(this.size);
    /** @type {Category[]} */
    this.categories = [];
    /** @type {Uint32Array} */
    this.rank = new Uint32Array(this.size);
    /** @type {{width: number, edges: number[]}[]} */
    this.ties = WIDTHS.map((width) => ({ width, edges: [] }));
    const heaviest = this.weight.reduce((most, weight) => Math.max(most, weight), 1);
    for (let edge = 0; edge < this.weight.length; edge += 1) {
      const step = Math.ceil((WIDTHS.length * this.weight[edge]) / heaviest) - 1;
      this.ties[heaviest === 1 ? 0 : step].edges.push(edge);
    }
    /** Where the edges of each node begin in `incident`. */
    this.first = new Uint32Array(this.size + 1);
    this.incident = new Uint32Array(this.source.length * 2);
    this.order = new Uint32Array(this.size);
    this.#findNeighbours();
    this.grid = new Grid(this.x, this.y);
    this.box = this.#box();
    this.sizeBy("activities");
    this.colourBy("community");
  }

  /** @param {Measure} measure */
  sizeBy(measure) {
    this.measure = measure;
    const values = this.nodes[measure].length ? this.nodes[measure] : this.nodes.weighted_degree;
    let most = 0;
    for (let node = 0; node < this.size; node += 1) if (!this.isBubble[node]) most = Math.max(most, values[node]);
    for (let node = 0; node < this.size; node += 1) {
      this.radius[node] = this.isBubble[node]
        ? MEMBER * Math.sqrt(this.nodes.members[node])
        : SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(values[node] / (most || 1));
    }
    // Drawn from the smallest to the largest, so that no large one hides all small ones of another colour.
    this.order = Uint32Array.from({ length: this.size }, (_, node) => node).sort(
      (a, b) => this.radius[a] - this.radius[b] || b - a,
    );
    this.order.forEach((node, place) => (this.rank[node] = this.size - place));
  }

  /** @param {Colouring} colouring */
  colourBy(colouring) {
    this.colouring = colouring;
    const words = this.words;
    const column = this.nodes[colouring];
    /** @type {Map<number, number>} */
    const counts = new Map();
    for (let node = 0; node < this.size; node += 1) {
      counts.set(column[node], (counts.get(column[node]) ?? 0) + this.nodes.members[node]);
    }
    const values = [...counts.keys()].sort((a, b) => a - b);
    const unknown = values[0] === -1 ? values.shift() : undefined;
    const own = values.slice(0, values.length > COLOURS - 1 ? COLOURS - 1 : COLOURS);
    const label = {
      community: (/** @type {number} */ value) => `${words.community} ${value + 1}: ${this.#chief(value)}`,
      level: (/** @type {number} */ value) => this.levels[value].label,
      kind: (/** @type {number} */ value) => this.kinds[value].label,
    }[colouring];
    this.categories = own.map((value, place) => ({
      label: label(value),
      mark: String(colouring === "community" ? value + 1 : place + 1),
      count: counts.get(value) ?? 0,
    }));
    const rest = values.slice(own.length);
    const count = (/** @type {number[]} */ some) => some.reduce((sum, value) => sum + (counts.get(value) ?? 0), 0);
    if (rest.length) this.categories.push({ label: words.others, mark: "·", count: count(rest) });
    if (unknown !== undefined) this.categories.push({ label: words.unknown, mark: "?", count: count([unknown]) });
    const place = new Map(own.map((value, index) => [value, index]));
    for (let node = 0; node < this.size; node += 1) {
      const value = column[node];
      this.category[node] = place.get(value) ?? (value === -1 ? this.categories.length - 1 : own.length);
      this.colour[node] = Math.min(this.category[node], COLOURS - 1);
    }
  }

  /** The label of the most connected node of a community. @param {number} community */
  #chief(community) {
    let best = -1;
    for (let node = 0; node < this.size; node += 1) {
      if (this.nodes.community[node] !== community) continue;
      if (best < 0 || this.nodes.weighted_degree[node] > this.nodes.weighted_degree[best]) best = node;
    }
    return this.nodes.label[best];
  }

  /** Edges at a node, as numbers of edges. @param {number} node */
  edgesOf(node) {
    return this.incident.subarray(this.first[node], this.first[node + 1]);
  }

  /** @param {number} node @returns {number[]} */
  neighbours(node) {
    return Array.from(this.edgesOf(node), (edge) => this.source[edge] + this.target[edge] - node);
  }

  #findNeighbours() {
    for (const ends of [this.source, this.target]) for (const node of ends) this.first[node + 1] += 1;
    for (let node = 0; node < this.size; node += 1) this.first[node + 1] += this.first[node];
    const next = this.first.slice();
    for (let edge = 0; edge < this.source.length; edge += 1) {
      this.incident[next[this.source[edge]]++] = edge;
      this.incident[next[this.target[edge]]++] = edge;
    }
  }

  /** @returns {Box} */
  #box() {
    const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (let node = 0; node < this.size; node += 1) {
      const room = this.isBubble[node] ? MEMBER * Math.sqrt(this.nodes.members[node]) : LARGEST;
      box.left = Math.min(box.left, this.x[node] - room);
      box.top = Math.min(box.top, this.y[node] - room);
      box.right = Math.max(box.right, this.x[node] + room);
      box.bottom = Math.max(box.bottom, this.y[node] + room);
    }
    return box;
  }
}
