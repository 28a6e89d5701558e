/** An element with properties (attributes for names with a dash, and for role) and children, or lists of them; strings become text, never markup. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") node.setAttribute(name, value);
    else node[name] = value;
  }
  // One by one: a long text can have more parts than a call takes arguments.
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) node.append(child);
  }
  return node;
}

/** Does something to a node; `lost()` if that takes the focus away from what is in it. */
export function keepingFocus(node, action, lost) {
  const had = node.contains(document.activeElement);
  action();
  if (had && !(node.isConnected && node.contains(document.activeElement))) lost();
}

export const byId = (id) => document.getElementById(id);

/** One of the symbols that index.html defines. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

export const button = (label, iconName, onclick) =>
  element("button", { type: "button", className: "quiet", onclick }, icon(iconName), element("span", {}, label));
