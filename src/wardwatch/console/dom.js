/** Making and changing nodes. Text goes in as text only; there is no way here to put HTML into the page. */

/** An element with attributes, and children that are nodes or text. A null or false attribute is left out. */
export function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

const SVG = "http://www.w3.org/2000/svg";

export function svgElement(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) setAttribute(node, key, value);
  node.append(...children);
  return node;
}

/** Write only what is new: a write that changes nothing still costs the browser a look at the layout. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Set an attribute where it is another one; null or false takes it away. */
export function setAttribute(node, key, value) {
  if (value === null || value === false || value === undefined) node.removeAttribute(key);
  else if (node.getAttribute(key) !== String(value)) node.setAttribute(key, String(value));
}

export function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}

/** Bring the children of `parent` into this order with as few moves as one pass finds; others are taken out. */
export function setChildren(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let next = parent.firstElementChild;
  for (const node of nodes) {
    if (node === next) next = next.nextElementSibling;
    else parent.insertBefore(node, next);
  }
}
