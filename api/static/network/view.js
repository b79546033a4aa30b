/**
 * Where the picture stands: the point of the plane in the middle of the screen, and pixels to a unit.
 * Every function gives a new view; none changes its argument.
 *
 * @typedef {{x: number, y: number, k: number}} View
 * @typedef {{width: number, height: number}} Size
 * @typedef {{left: number, top: number, right: number, bottom: number}} Box
 */

const SMALLEST = 0.005;
const LARGEST = 12;

/**
 * The view that shows all of a box with a margin in pixels.
 * @param {Box} box @param {Size} size @param {number} [margin] @returns {View}
 */
export function fit(box, size, margin = 48) {
  const wide = Math.max(box.right - box.left, 1);
  const high = Math.max(box.bottom - box.top, 1);
  const k = Math.min((size.width - 2 * margin) / wide, (size.height - 2 * margin) / high, 1.6);
  return { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2, k: bounded(k) };
}

/** A view as it stands in an address. @param {View} view */
export function written({ x, y, k }) {
  return `${x.toFixed(1)},${y.toFixed(1)},${k.toPrecision(4)}`;
}

/** The view that an address says; null if it says none. @param {string} text @returns {View | null} */
export function read(text) {
  const [x, y, k, ...rest] = text.split(",").map(Number);
  const isView = [x, y, k].every(Number.isFinite) && k > 0 && !rest.length;
  return isView ? { x, y, k: bounded(k) } : null;
}

/** @param {number} k */
function bounded(k) {
  return Math.min(Math.max(k, SMALLEST), LARGEST);
}

/** @param {View} view @param {Size} size @param {number} x @param {number} y @returns {[number, number]} */
export function toScreen(view, size, x, y) {
  return [(x - view.x) * view.k + size.width / 2, (y - view.y) * view.k + size.height / 2];
}

/** @param {View} view @param {Size} size @param {number} px @param {number} py @returns {[number, number]} */
export function toPlane(view, size, px, py) {
  return [(px - size.width / 2) / view.k + view.x, (py - size.height / 2) / view.k + view.y];
}

/**
 * The picture moved by pixels, as a hand moves a sheet.
 * @param {View} view @param {number} across @param {number} down @returns {View}
 */
export function moved(view, across, down) {
  return { x: view.x - across / view.k, y: view.y - down / view.k, k: view.k };
}

/**
 * The picture enlarged; the point of the plane under the pixel stays under it.
 * @param {View} view @param {Size} size @param {number} times @param {number} px @param {number} py @returns {View}
 */
export function enlarged(view, size, times, px, py) {
  const k = bounded(view.k * times);
  const [x, y] = toPlane(view, size, px, py);
  return { x: x - (px - size.width / 2) / k, y: y - (py - size.height / 2) / k, k };
}
