import { FONT } from "./pens.js";

/**
 * Labels that do not cover each other: the more important node gets its label first.
 *
 * @typedef {{node: number, lines: string[], x: number, y: number}} Label
 * @typedef {import("./pens.js").Shape & {node: number, text: string, lines: number, always?: boolean}} Wanted
 */

export const LINE = 13;
const SIGNS = 24;
const GAP = 2;

/** Lines of at most so many signs; what does not fit ends in «…». @param {string} text @param {number} most @returns {string[]} */
export function wrapped(text, most) {
  const lines = [""];
  for (const word of text.split(/\s+/u)) {
    const last = lines[lines.length - 1];
    if (!last || last.length + word.length < SIGNS) lines[lines.length - 1] = last ? `${last} ${word}` : word;
    else lines.push(word);
  }
  if (lines.length > most) {
    lines.length = most;
    lines[most - 1] += "…";
  }
  return lines.map((line) => (line.length > SIGNS + 6 ? `${line.slice(0, SIGNS + 5)}…` : line));
}

export class Labels {
  constructor() {
    this.context = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    this.context.font = `400 ${LINE - 1}px ${FONT}`;
    /** @type {Map<string, {lines: string[], width: number}>} */
    this.known = new Map();
  }

  /** @param {string} text @param {number} most */
  #measured(text, most) {
    const key = `${most}${text}`;
    let found = this.known.get(key);
    if (!found) {
      const lines = wrapped(text, most);
      found = { lines, width: Math.max(...lines.map((line) => this.context.measureText(line).width)) };
      this.known.set(key, found);
    }
    return found;
  }

  /**
   * Labels for nodes in the order given, until `limit` are placed.  None covers another, nor the sign of another node;
   * what is inside of the margin `inset` keeps its label inside too.
   * @param {Wanted[]} wanted @param {import("./view.js").Size} size @param {number} limit @param {number} inset
   * @returns {Label[]}
   */
  place(wanted, size, limit, inset = 0) {
    /** @type {number[][]} */
    const taken = wanted.map(({ x, y, radius }) => [x - radius, y - radius, x + radius, y + radius]);
    /** @type {Label[]} */
    const labels = [];
    for (const [own, { node, text, x, y, radius, lines: most, always }] of wanted.entries()) {
      if (labels.length >= limit) break;
      const { lines, width } = this.#measured(text, most);
      const high = lines.length * LINE + GAP;
      const isInside = x > inset && x < size.width - inset;
      const left = inset + width / 2 + GAP;
      const middle = isInside ? Math.min(Math.max(x, left), size.width - left) : x;
      const below = y + radius + GAP;
      const above = y - radius - high;
      const isFree = (/** @type {number} */ top) => {
        const box = [middle - width / 2 - GAP, top, middle + width / 2 + GAP, top + high];
        return !taken.some((one, other) => other !== own && covers(one, box));
      };
      const fits = below + high < size.height - inset;
      const top = (fits ? [below, above] : [above]).find(isFree) ?? (always ? (fits ? below : above) : null);
      if (top === null) continue;
      taken.push([middle - width / 2 - GAP, top, middle + width / 2 + GAP, top + high]);
      labels.push({ node, lines, x: middle, y: top + LINE - GAP });
    }
    return labels;
  }
}

/** @param {number[]} a @param {number[]} b */
function covers(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}
