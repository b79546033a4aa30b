import { enlarged, moved, toPlane } from "./view.js";

/**
 * Mouse and fingers: one moves the picture, two enlarge it, a tap selects, a box drawn with Shift selects several.
 *
 * @typedef {import("./network-map.js").NetworkMap} NetworkMap
 * @typedef {import("./view.js").Box} Box
 */

// Pixels that a finger may slip in a tap, and how near to a node it must come.
const TAP = 5;
const NEAR = { mouse: 3, other: 12 };

export class Gestures {
  /** @type {Map<number, {x: number, y: number}>} */
  #fingers = new Map();
  #travelled = 0;
  /** Where a box with Shift began. @type {{x: number, y: number} | null} */
  #corner = null;

  /** @param {NetworkMap} map @param {HTMLCanvasElement} canvas */
  constructor(map, canvas) {
    this.map = map;
    this.canvas = canvas;
    canvas.addEventListener("pointerdown", (event) => this.#press(event));
    canvas.addEventListener("pointermove", (event) => this.#drag(event));
    canvas.addEventListener("pointerup", (event) => this.#release(event));
    canvas.addEventListener("pointercancel", (event) => this.#fingers.delete(event.pointerId));
    canvas.addEventListener("pointerleave", () => map.hover(null));
    canvas.addEventListener("dblclick", (event) => map.enlarge(1.8, event.offsetX, event.offsetY));
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  /** The box that is being drawn, in pixels. @returns {Box | null} */
  box() {
    const finger = [...this.#fingers.values()][0];
    return this.#corner && finger ? between(this.#corner, finger) : null;
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const turned = Math.max(-100, Math.min(100, event.deltaY));
    this.map.enlarge(Math.exp(-turned * 0.0025), event.offsetX, event.offsetY);
  }

  /** @param {PointerEvent} event */
  #press(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.#fingers.set(event.pointerId, placeOf(event));
    // With a second finger it is no tap any more.
    this.#travelled = this.#fingers.size > 1 ? Infinity : 0;
    this.#corner = event.shiftKey ? placeOf(event) : null;
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    const { map } = this;
    const before = this.#fingers.get(event.pointerId);
    const now = placeOf(event);
    if (!before) {
      map.hover(this.#nodeAt(event));
      return;
    }
    this.#travelled += distance(now, before);
    this.#fingers.set(event.pointerId, now);
    const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const times = distance(now, other) / Math.max(1, distance(before, other));
      map.go(enlarged(map.view, map.size, times, other.x, other.y));
    } else if (this.#corner) {
      map.paint();
    } else if (this.#travelled > TAP) {
      map.go(moved(map.view, now.x - before.x, now.y - before.y));
    }
  }

  /** @param {PointerEvent} event */
  #release(event) {
    const box = this.box();
    if (!this.#fingers.delete(event.pointerId)) return;
    const several = event.shiftKey || event.ctrlKey || event.metaKey;
    if (box && this.#travelled > TAP) this.#selectBox(box);
    else if (this.#travelled <= TAP) {
      const node = this.#nodeAt(event);
      if (node !== null || !several) this.map.select(node, several);
    }
    this.#corner = null;
  }

  /** @param {Box} box */
  #selectBox(box) {
    const { map } = this;
    const { network } = map;
    if (!network) return;
    const [left, top] = toPlane(map.view, map.size, box.left, box.top);
    const [right, bottom] = toPlane(map.view, map.size, box.right, box.bottom);
    for (const node of network.grid.within({ left, top, right, bottom })) {
      const [x, y] = [network.x[node], network.y[node]];
      if (x >= left && x <= right && y >= top && y <= bottom) map.selected.add(node);
    }
    map.select(null, true);
  }

  /** @param {PointerEvent} event */
  #nodeAt(event) {
    return this.map.nodeAt(event.offsetX, event.offsetY, event.pointerType === "mouse" ? NEAR.mouse : NEAR.other);
  }
}

/** @param {PointerEvent} event */
function placeOf(event) {
  return { x: event.offsetX, y: event.offsetY };
}

/** @param {{x: number, y: number}} a @param {{x: number, y: number}} b */
function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** @param {{x: number, y: number}} a @param {{x: number, y: number}} b @returns {Box} */
function between(a, b) {
  return { left: Math.min(a.x, b.x), top: Math.min(a.y, b.y), right: Math.max(a.x, b.x), bottom: Math.max(a.y, b.y) };
}
