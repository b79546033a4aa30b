import { save } from "./files.js";

/**
 * What stands around the drawing: buttons, choices of colour and size, the legend, and what is known of the selected.
 *
 * @typedef {import("./network-map.js").NetworkMap} NetworkMap
 * @typedef {import("./network.js").Network} Network
 */

const COLOURINGS = ["community", "level", "kind"];
const MEASURES = ["activities", "degree", "weighted_degree", "betweenness", "pagerank"];
const LISTED = 12;

/**
 * @param {string} name @param {Record<string, unknown>} [properties] @param {(Node | string)[]} inside
 * @returns {HTMLElement}
 */
function element(name, properties = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) /** @type {any} */ (made)[key] = value;
    else made.setAttribute(key, String(value));
  }
  made.append(...inside);
  return made;
}

/** @param {NetworkMap} map @param {Record<string, string>} words */
export function toolbar(map, words) {
  const button = (/** @type {string} */ sign, /** @type {string} */ words, /** @type {() => void} */ onclick) =>
    element("button", { type: "button", title: words, "aria-label": words, onclick }, sign);
  return element(
    "div",
    { className: "tools" },
    button("+", words.larger, () => map.enlarge(1.4)),
    button("−", words.smaller, () => map.enlarge(1 / 1.4)),
    button("⤢", words.all, () => map.home()),
  );
}

/** @param {NetworkMap} map @param {Network} network @returns {HTMLElement[]} */
export function fields(map, network) {
  const { words } = network;
  const choice = (/** @type {"colour" | "size"} */ what, /** @type {string[]} */ values) =>
    element(
      "label",
      {},
      `${words[what]} `,
      element(
        "select",
        { name: `map-${what}`, onchange: (/** @type {any} */ event) => map.choose(what, event.target.value) },
        ...values.map((value) => element("option", { value }, label(network, value))),
      ),
    );
  const colourings = COLOURINGS.filter((name) => name !== "level" || network.levels.length);
  const measures = MEASURES.filter((name) => network.nodes[name].length);
  const files = /** @type {const} */ (["png", "svg"]).map((form) =>
    element("button", { type: "button", className: "plain", onclick: () => save(map, form) }, form.toUpperCase()),
  );
  const legend = element("ul", { className: "legend", "aria-label": words.legend });
  map.showLegend = () => legend.replaceChildren(...legendOf(map, network));
  map.showLegend();
  const notes = [words.shapes];
  if (network.graph.closed) notes.push(words.bubble);
  if (network.nodes.single_point.some(Boolean)) notes.push(words.single);
  return [
    element("section", { className: "selection", "aria-label": words.selected }),
    element("div", { className: "choices" }, choice("colour", colourings), choice("size", measures), ...files),
    legend,
    element("p", { className: "quiet small" }, notes.join(" · ")),
  ];
}

/** @param {Network} network @param {string} value */
function label(network, value) {
  const isEstimate = value === "betweenness" && network.graph.betweenness_sources;
  return isEstimate ? `${network.words[value]} (${network.words.estimated})` : network.words[value];
}

/** @param {NetworkMap} map @param {Network} network @returns {HTMLElement[]} */
function legendOf(map, network) {
  return network.categories.map(({ label, mark, count }, category) =>
    element(
      "li",
      {},
      element(
        "button",
        {
          type: "button",
          className: "plain",
          "aria-pressed": String(map.category === category),
          "data-category": category,
          onclick: () => map.light(category),
        },
        element("span", { className: `swatch series-${Math.min(category, 7) + 1}`, "aria-hidden": "true" }, mark),
        element("span", {}, label),
        element("span", { className: "quiet" }, ` ${count}`),
      ),
    ),
  );
}

/** The page of networks with the filters of this drawing and other parameters. @param {NetworkMap} map @param {[string, string][]} more */
function pageOf(map, more) {
  const address = /** @type {URL} */ (map.address);
  const parameters = new URLSearchParams({ projection: address.pathname.split("/").pop() ?? "" });
  const isAdded = more[0][0] === "expand" || more[0][0] === "communities";
  const dropped = ["format", "lang", ...(isAdded ? [] : ["top", "focus", "steps", "expand", "communities"])];
  for (const [name, value] of address.searchParams) {
    const isReplaced = name === "communities" && !/^\d+$/.test(value);
    if (!dropped.includes(name) && !isReplaced) parameters.append(name, value);
  }
  for (const [name, value] of more) parameters.append(name, value);
  return `/networks?${parameters}`;
}

/** Shows what is known of the selected nodes. @param {NetworkMap} map @param {HTMLElement} place @param {Network} network */
export function panel(map, place, network) {
  const { words, nodes } = network;
  const selected = [...map.selected];
  if (!selected.length) {
    place.replaceChildren(element("p", { className: "quiet" }, words.nothing));
    return;
  }
  const shown = selected.slice(-LISTED).reverse();
  const parts = [
    element("h2", {}, `${words.selected}: ${selected.length}`),
    element("ul", {}, ...shown.map((node) => element("li", {}, ...described(map, network, node)))),
  ];
  const links = [element("button", { type: "button", className: "plain", onclick: () => map.clear() }, words.clear)];
  const ids = selected.filter((node) => !network.isBubble[node]).map((node) => nodes.id[node]);
  if (ids.length > 1) {
    const wanted = /** @type {[string, string][]} */ ([["steps", "0"], ...ids.map((id) => ["focus", id])]);
    links.unshift(element("a", { href: pageOf(map, wanted) }, `${words.between} (${ids.length})`));
  }
  if (ids.length === 2) {
    const edge = network.edgesOf(selected[0]).find((one) => network.source[one] + network.target[one] === selected[0] + selected[1]);
    if (edge !== undefined) {
      const wanted = /** @type {[string, string][]} */ ([["steps", "0"], ...ids.map((id) => ["focus", id])]);
      links.unshift(element("a", { href: `${pageOf(map, wanted)}#why` }, `${words.common}: ${network.weight[edge]}`));
    }
  }
  place.replaceChildren(...parts, element("p", { className: "links" }, ...links));
}

/** @param {NetworkMap} map @param {Network} network @param {number} node @returns {HTMLElement[]} */
function described(map, network, node) {
  const { words, nodes } = network;
  const name = nodes.label[node];
  const address = nodes.address[node];
  const facts = [`${words.activities}: ${nodes.activities[node]}`, `${words.degree}: ${nodes.degree[node]}`];
  if (network.isBubble[node]) facts.unshift(`${words.members}: ${nodes.members[node]}`);
  else {
    if (nodes.level[node] >= 0) facts.push(network.levels[nodes.level[node]].label);
    facts.push(`${words.community} ${nodes.community[node] + 1}`);
  }
  const parts = [
    address ? element("a", { href: address }, name) : element("b", {}, name),
    element("div", { className: "quiet small" }, facts.join(" · ")),
  ];
  const links = [];
  if (network.isBubble[node]) {
    links.push(element("a", { href: pageOf(map, [["communities", String(nodes.community[node])]]) }, words.open));
  } else {
    links.push(element("a", { href: pageOf(map, [["focus", nodes.id[node]]]) }, words.around));
    if (nodes.more[node]) {
      const more = Object.entries(nodes.more[node]).map(([kind, count]) => `${kind}: ${count}`);
      links.push(element("a", { href: pageOf(map, [["expand", nodes.id[node]]]) }, `${words.expand} (+ ${more.join(", ")})`));
    }
  }
  return [...parts, element("div", { className: "links small" }, ...links)];
}
