import { LINE } from "./labels.js";
import { COLOURS } from "./network.js";
import { toScreen } from "./view.js";

/**
 * Draws a network: all of it, and above a veil the part that is lit.  The same for the screen, PNG and SVG.
 *
 * @typedef {import("./network.js").Network} Network
 * @typedef {import("./pens.js").Pen} Pen
 * @typedef {import("./view.js").View} View
 * @typedef {import("./view.js").Size} Size
 * @typedef {{paper: string, ink: string, quiet: string, tie: string, accent: string, series: string[]}} Theme
 * @typedef {{main: Set<number>, around: Set<number>, edges: number[]}} Lit
 */

const BANDS = 8;
const MANY_EDGES = 3000;
const MARK_FROM = 7.5;
const TRIED = 400;

/** How large a node is on the screen. @param {Network} network @param {View} view @param {number} node */
export function radiusOf(network, view, node) {
  if (network.isBubble[node]) return Math.max(network.radius[node] * view.k, 9);
  return Math.max(network.radius[node] * Math.min(Math.max(Math.sqrt(view.k), 0.45), 1.8), 2);
}

/** @param {Network} network @param {View} view @param {Size} size @param {number} node */
function shapeOf(network, view, size, node) {
  const [x, y] = toScreen(view, size, network.x[node], network.y[node]);
  return { node, x, y, radius: radiusOf(network, view, node), corners: network.corners[node] };
}

/** @param {{x: number, y: number, radius: number}} shape @param {Size} size */
function isSeen({ x, y, radius }, size) {
  return x > -radius && y > -radius && x < size.width + radius && y < size.height + radius;
}

/** @param {Network} network @param {View} view @param {Size} size @param {Iterable<number>} edges @returns {number[]} */
function pointsOf(network, view, size, edges) {
  const { source, target, x, y } = network;
  const across = size.width / 2 - view.x * view.k;
  const down = size.height / 2 - view.y * view.k;
  const points = [];
  for (const edge of edges) {
    const x1 = x[source[edge]] * view.k + across;
    const y1 = y[source[edge]] * view.k + down;
    const x2 = x[target[edge]] * view.k + across;
    const y2 = y[target[edge]] * view.k + down;
    const outside =
      (x1 < 0 && x2 < 0) || (y1 < 0 && y2 < 0) || (x1 > size.width && x2 > size.width) || (y1 > size.height && y2 > size.height);
    if (!outside) points.push(x1, y1, x2, y2);
  }
  return points;
}

/**
 * @param {Pen} pen @param {Network} network @param {View} view @param {Size} size @param {Theme} theme
 * @param {import("./labels.js").Labels} labels @param {number} [inset] a margin that is not on the screen
 */
export function drawAll(pen, network, view, size, theme, labels, inset = 0) {
  const many = network.source.length > MANY_EDGES;
  const thin = Math.min(Math.max(Math.sqrt(view.k), 0.5), 1.4) * (many ? 0.6 : 1);
  for (const { width, edges } of network.ties) {
    pen.lines(pointsOf(network, view, size, edges), theme.tie, width * thin);
  }
  const { order } = network;
  const band = Math.ceil(order.length / BANDS);
  for (let from = 0; from < order.length; from += band) {
    drawNodes(pen, network, view, size, theme, order.subarray(from, from + band));
  }
  const wanted = [];
  for (let place = order.length - 1; place >= 0 && wanted.length < TRIED; place -= 1) {
    const shape = shapeOf(network, view, size, order[place]);
    if (isSeen(shape, size)) wanted.push({ ...shape, text: textOf(network, order[place]), lines: 2 });
  }
  const limit = Math.round((size.width * size.height) / 12_000);
  drawLabels(pen, labels.place(wanted, size, limit, inset), theme, false);
}

/** @param {Network} network @param {number} node */
function textOf(network, node) {
  return network.nodes.label[node];
}

/**
 * One path for all nodes of one colour; signs in those that have room for one.
 * @param {Pen} pen @param {Network} network @param {View} view @param {Size} size @param {Theme} theme
 * @param {Iterable<number>} nodes
 */
function drawNodes(pen, network, view, size, theme, nodes) {
  const shapes = Array.from({ length: COLOURS }, () => /** @type {ReturnType<typeof shapeOf>[]} */ ([]));
  const rims = [];
  for (const node of nodes) {
    const shape = shapeOf(network, view, size, node);
    if (!isSeen(shape, size)) continue;
    shapes[network.colour[node]].push(shape);
    if (network.nodes.single_point[node] && shape.radius > 3) rims.push({ ...shape, radius: shape.radius + 2.5 });
  }
  pen.shapes(rims, theme.paper, theme.ink, 1.2);
  shapes.forEach((some, colour) => {
    if (!some.length) return;
    pen.shapes(some, theme.series[colour], theme.paper, some[some.length - 1].radius > 3 ? 1 : 0);
    for (const { node, x, y, radius } of some) {
      const style = { colour: theme.paper, size: 10, bold: true };
      if (network.isBubble[node]) {
        pen.text(x, y + 5, String(network.nodes.members[node]), { ...style, size: Math.min(15, Math.max(10, radius * 0.6)) });
      } else if (radius >= MARK_FROM) {
        const { mark } = network.categories[network.category[node]];
        pen.text(x, y + 3.5, mark, mark.length > 1 ? { ...style, size: 8.5 } : style);
      }
    }
  });
}

/** @param {Pen} pen @param {import("./labels.js").Label[]} labels @param {Theme} theme @param {boolean} bold */
function drawLabels(pen, labels, theme, bold) {
  for (const { lines, x, y } of labels) {
    lines.forEach((line, place) =>
      pen.text(x, y + place * LINE, line, { colour: theme.ink, halo: theme.paper, size: LINE - 1, bold }),
    );
  }
}

/**
 * @param {Pen} pen @param {Network} network @param {View} view @param {Size} size @param {Theme} theme
 * @param {import("./labels.js").Labels} labels @param {Lit} lit
 */
export function drawLit(pen, network, view, size, theme, labels, { main, around, edges }) {
  pen.veil(theme.paper, 0.8);
  pen.lines(pointsOf(network, view, size, edges), theme.accent, 1.4);
  const byRank = [...main, ...around].sort((a, b) => network.rank[b] - network.rank[a]);
  drawNodes(pen, network, view, size, theme, byRank);
  const rings = [...main].map((node) => shapeOf(network, view, size, node)).filter((shape) => isSeen(shape, size));
  // A category is lit without rings: there is no main node in it.
  if (edges.length || main.size < 2) {
    pen.shapes(rings.map((shape) => ({ ...shape, radius: shape.radius + 4 })), "none", theme.accent, 2.5);
  }
  const wanted = byRank.reverse().map((node) => ({
    ...shapeOf(network, view, size, node),
    text: textOf(network, node),
    lines: main.has(node) ? 4 : 2,
    always: main.has(node) && main.size < 6,
  }));
  const seen = wanted.filter((shape) => isSeen(shape, size)).sort((a, b) => Number(main.has(b.node)) - Number(main.has(a.node)));
  drawLabels(pen, labels.place(seen, size, 80), theme, true);
}

/**
 * The legend under an exported picture; gives how high it is.
 * @param {Pen | null} pen @param {Network} network @param {Size} size @param {Theme} theme @returns {number}
 */
export function drawLegend(pen, network, size, theme) {
  const columns = Math.max(1, Math.floor(size.width / 340));
  network.categories.forEach(({ label, mark, count }, place) => {
    const x = 16 + (place % columns) * 340;
    const y = size.height + 20 + Math.floor(place / columns) * 18;
    const shape = { x, y: y - 4, radius: 7, corners: null };
    pen?.shapes([shape], theme.series[Math.min(place, COLOURS - 1)], theme.paper, 0);
    pen?.text(x, y - 0.5, mark, { colour: theme.paper, size: 9, bold: true });
    const text = label.length > 42 ? `${label.slice(0, 41)}…` : label;
    pen?.text(x + 14, y, `${text} (${count})`, { colour: theme.ink, size: 12, left: true });
  });
  return 16 + Math.ceil(network.categories.length / columns) * 18;
}
