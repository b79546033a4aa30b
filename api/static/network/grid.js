/** Squares of the plane with the nodes in them, to find what is near a point without looking at all. */
export class Grid {
  /** @param {Float32Array} x @param {Float32Array} y */
  constructor(x, y) {
    this.x = x;
    this.y = y;
    this.side = 120;
    /** @type {Map<string, number[]>} */
    this.squares = new Map();
    for (let node = 0; node < x.length; node += 1) {
      const key = this.#key(x[node], y[node]);
      const square = this.squares.get(key);
      if (square) square.push(node);
      else this.squares.set(key, [node]);
    }
  }

  /** @param {number} x @param {number} y */
  #key(x, y) {
    return `${Math.floor(x / this.side)},${Math.floor(y / this.side)}`;
  }

  /**
   * The nodes whose middle is in a box; some that are a little outside.
   * @param {import("./view.js").Box} box @returns {Iterable<number>}
   */
  *within(box) {
    const [left, right] = [box.left, box.right].map((x) => Math.floor(x / this.side));
    const [top, bottom] = [box.top, box.bottom].map((y) => Math.floor(y / this.side));
    if ((right - left + 1) * (bottom - top + 1) > this.squares.size) {
      for (const square of this.squares.values()) yield* square;
      return;
    }
    for (let across = left; across <= right; across += 1) {
      for (let down = top; down <= bottom; down += 1) yield* this.squares.get(`${across},${down}`) ?? [];
    }
  }
}
