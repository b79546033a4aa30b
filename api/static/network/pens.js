/**
 * What a picture is drawn with: the same strokes go to a canvas or into an SVG document.
 *
 * Coordinates are pixels, four numbers for each line; a shape is a circle where it has no corners.
 *
 * @typedef {{colour: string, size: number, halo?: string, bold?: boolean, left?: boolean}} TextStyle
 * @typedef {{x: number, y: number, radius: number, corners: number[] | null}} Shape
 * @typedef {{
 *   lines(points: number[], colour: string, width: number): void,
 *   shapes(shapes: Shape[], fill: string, rim: string, width: number): void,
 *   text(x: number, y: number, text: string, style: TextStyle): void,
 *   veil(colour: string, strength: number): void,
 * }} Pen
 */

export const FONT = 'system-ui, "Segoe UI", Roboto, "PT Sans", "DejaVu Sans", sans-serif';

/** @param {Shape} shape @returns {[number, number][]} */
function cornersOf({ x, y, radius, corners }) {
  return /** @type {number[]} */ (corners).map((degrees) => {
    const turn = (degrees * Math.PI) / 180;
    return [x + 1.15 * radius * Math.cos(turn), y + 1.15 * radius * Math.sin(turn)];
  });
}

/** @implements {Pen} */
export class CanvasPen {
  /** @param {CanvasRenderingContext2D} context @param {import("./view.js").Size} size */
  constructor(context, size) {
    this.context = context;
    this.size = size;
    context.lineJoin = "round";
  }

  /** @param {number[]} points @param {string} colour @param {number} width */
  lines(points, colour, width) {
    const { context } = this;
    context.beginPath();
    for (let at = 0; at < points.length; at += 4) {
      context.moveTo(points[at], points[at + 1]);
      context.lineTo(points[at + 2], points[at + 3]);
    }
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }

  /** @param {Shape[]} shapes @param {string} fill @param {string} rim @param {number} width */
  shapes(shapes, fill, rim, width) {
    const { context } = this;
    context.beginPath();
    for (const shape of shapes) {
      if (shape.corners) {
        cornersOf(shape).forEach(([x, y], place) => (place ? context.lineTo(x, y) : context.moveTo(x, y)));
        context.closePath();
      } else {
        context.moveTo(shape.x + shape.radius, shape.y);
        context.arc(shape.x, shape.y, shape.radius, 0, 2 * Math.PI);
      }
    }
    if (fill !== "none") {
      context.fillStyle = fill;
      context.fill();
    }
    if (width) {
      context.strokeStyle = rim;
      context.lineWidth = width;
      context.stroke();
    }
  }

  /** @param {number} x @param {number} y @param {string} text @param {TextStyle} style */
  text(x, y, text, { colour, size, halo, bold, left }) {
    const { context } = this;
    context.font = `${bold ? 600 : 400} ${size}px ${FONT}`;
    context.textAlign = left ? "left" : "center";
    context.textBaseline = "alphabetic";
    if (halo) {
      context.strokeStyle = halo;
      context.lineWidth = 3.5;
      context.strokeText(text, x, y);
    }
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  /** @param {string} colour @param {number} strength */
  veil(colour, strength) {
    this.context.globalAlpha = strength;
    this.context.fillStyle = colour;
    this.context.fillRect(0, 0, this.size.width, this.size.height);
    this.context.globalAlpha = 1;
  }
}

const SVG = "http://www.w3.org/2000/svg";

/** @implements {Pen} */
export class SvgPen {
  /** @param {import("./view.js").Size} size @param {string} title @param {string} paper */
  constructor(size, title, paper) {
    /** @type {XMLDocument} */
    this.document = document.implementation.createDocument(SVG, "svg", null);
    this.root = this.document.documentElement;
    this.#set(this.root, { width: size.width, height: size.height, viewBox: `0 0 ${size.width} ${size.height}` });
    this.#set(this.root, { "font-family": FONT });
    this.#add("title", {}).textContent = printable(title);
    this.#add("rect", { width: "100%", height: "100%", fill: paper });
  }

  /** The document as text; what documents say is escaped by the browser's own writer. */
  written() {
    return new XMLSerializer().serializeToString(this.document);
  }

  /** @param {number[]} points @param {string} colour @param {number} width */
  lines(points, colour, width) {
    let d = "";
    for (let at = 0; at < points.length; at += 4) {
      d += `M${short(points[at])} ${short(points[at + 1])}L${short(points[at + 2])} ${short(points[at + 3])}`;
    }
    if (d) this.#add("path", { d, stroke: colour, "stroke-width": width, fill: "none" });
  }

  /** @param {Shape[]} shapes @param {string} fill @param {string} rim @param {number} width */
  shapes(shapes, fill, rim, width) {
    for (const shape of shapes) {
      const paint = { fill, stroke: width ? rim : "none", "stroke-width": width };
      if (shape.corners) {
        const points = cornersOf(shape).map(([x, y]) => `${short(x)},${short(y)}`);
        this.#add("polygon", { points: points.join(" "), ...paint });
      } else this.#add("circle", { cx: short(shape.x), cy: short(shape.y), r: short(shape.radius), ...paint });
    }
  }

  /** @param {number} x @param {number} y @param {string} text @param {TextStyle} style */
  text(x, y, text, { colour, size, halo, bold, left }) {
    const element = this.#add("text", { x: short(x), y: short(y), fill: colour, "font-size": size });
    this.#set(element, { "text-anchor": left ? "start" : "middle", "font-weight": bold ? 600 : 400 });
    if (halo) this.#set(element, { stroke: halo, "stroke-width": 3.5, "paint-order": "stroke" });
    element.textContent = printable(text);
  }

  /** @param {string} colour @param {number} strength */
  veil(colour, strength) {
    this.#add("rect", { width: "100%", height: "100%", fill: colour, opacity: strength });
  }

  /** @param {string} name @param {Record<string, string | number>} attributes */
  #add(name, attributes) {
    /** @type {Element} */
    const element = this.document.createElementNS(SVG, name);
    this.#set(element, attributes);
    this.root.append(element);
    return element;
  }

  /** @param {Element} element @param {Record<string, string | number>} attributes */
  #set(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  }
}

/** @param {number} value */
function short(value) {
  return Math.round(value * 10) / 10;
}

/** Without signs that XML cannot hold. @param {string} text */
function printable(text) {
  return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, " ");
}
