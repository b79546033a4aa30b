import { CanvasPen, SvgPen } from "./pens.js";
import { drawAll, drawLegend, drawLit } from "./picture.js";

/**
 * The picture as it stands on the screen, with its legend, as a file.
 * @param {import("./network-map.js").NetworkMap} map @param {"png" | "svg"} form @returns {Promise<Blob>}
 */
export async function pictureOf(map, form) {
  const { network, view, size, labels } = map;
  if (!network) throw new Error("there is no picture yet");
  const theme = map.theme();
  const lit = map.lit();
  const whole = { width: size.width, height: size.height + drawLegend(null, network, size, theme) };
  const draw = (/** @type {import("./pens.js").Pen} */ pen) => {
    drawAll(pen, network, view, size, theme, labels);
    if (lit) drawLit(pen, network, view, size, theme, labels, lit);
    drawLegend(pen, network, size, theme);
  };
  if (form === "svg") {
    const pen = new SvgPen(whole, document.title, theme.paper);
    draw(pen);
    return new Blob([pen.written()], { type: "image/svg+xml" });
  }
  const canvas = document.createElement("canvas");
  canvas.width = whole.width * 2;
  canvas.height = whole.height * 2;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(2, 0, 0, 2, 0, 0);
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, whole.width, whole.height);
  draw(new CanvasPen(context, whole));
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(/** @type {Blob} */ (blob)), "image/png"));
}

/** Offers the picture as a download. @param {import("./network-map.js").NetworkMap} map @param {"png" | "svg"} form */
export async function save(map, form) {
  const address = URL.createObjectURL(await pictureOf(map, form));
  const link = document.createElement("a");
  link.href = address;
  link.download = `${map.network?.graph.projection}.${form}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
