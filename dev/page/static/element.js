// The only way this page makes elements: a tag, attributes, children. Strings become text nodes, so whatever a
// customer or a message says can never become markup.

const REFUSED = /^(on|style$|srcdoc$)/i;

/**
 * Make an element. `false`, `null` and `undefined` leave an attribute or a child out; `true` sets an empty attribute.
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  change(node, attributes);
  fill(node, ...children);
  return node;
}

/** Set or remove attributes of an element that is already there. */
export function change(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (REFUSED.test(name)) throw new TypeError(`attribute ${name} is not allowed`);
    if (value === false || value === null || value === undefined) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  return node;
}

/** Append children; arrays are flattened, everything that is no node becomes text. */
export function fill(node, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === false || child === null || child === undefined) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

/** Replace everything inside a node. */
export function refill(node, ...children) {
  node.replaceChildren();
  return fill(node, ...children);
}

/**
 * Keep a list's rows by their keys: `make(item)` gives { node, update(item) }. What did not change is not touched, so
 * focus, selection and what is being typed stay; only if the row with the focus goes, the list takes it.
 * Returns a function of the items, in the order in which they are to stand.
 */
export function keyedRows(list, keyOf, make) {
  const rows = new Map(); // key → { node, update, told }
  return (items) => {
    const wanted = new Set(items.map(keyOf));
    for (const [key, row] of rows) {
      if (wanted.has(key)) continue;
      const focused = row.node.contains(document.activeElement);
      row.node.remove();
      rows.delete(key);
      if (focused) list.focus();
    }
    for (const [index, item] of items.entries()) {
      const key = keyOf(item);
      const told = JSON.stringify(item);
      const known = rows.get(key);
      const row = known ?? make(item);
      if (known && known.told !== told) known.update(item);
      row.told = told;
      rows.set(key, row);
      if (list.children[index] !== row.node) list.insertBefore(row.node, list.children[index] ?? null);
    }
  };
}

/** Listen, and hand the node back so that it can be written in one expression. */
export function on(node, type, listener) {
  node.addEventListener(type, listener);
  return node;
}

/** Set CSS properties through the object model: a style attribute would be refused by the content security policy. */
export function look(node, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (value !== undefined && value !== null) node.style.setProperty(name, String(value));
  }
  return node;
}

/** A drawing from the templates in index.html, hidden from assistive technology: the control beside it has the name. */
export function icon(name) {
  const drawing = document.getElementById(`icon-${name}`).content.firstElementChild.cloneNode(true);
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("focusable", "false");
  drawing.classList.add("icon");
  return drawing;
}

/** A button whose click does one thing. */
export function button(attributes, listener, ...children) {
  return on(element("button", { type: "button", ...attributes }, ...children), "click", listener);
}

/** Text for screen readers only. */
export function unseen(text) {
  return element("span", { class: "unseen" }, text);
}
