// Small helpers that make and find elements; text is always set as text, never as markup.

/** Make an element: `class`, `text`, `on` (listeners), `data` and plain attributes; falsy children are left out. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "on") for (const [kind, act] of Object.entries(value)) node.addEventListener(kind, act);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child || child === 0));
  return node;
}

/** Find the one element with this id. */
export function byId(id) {
  return document.getElementById(id);
}

/** Put these children in place of whatever `node` held. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat().filter(Boolean));
}

/** Move the reader to `node`: scrolled into view and focused, as a link would. */
export function goTo(node) {
  if (!node) return;
  if (!node.matches("a, button, input, textarea, summary")) node.setAttribute("tabindex", "-1");
  node.focus({ preventScroll: true });
  node.scrollIntoView({ block: "center" });
}

/** Write hexadecimal digits in groups of four, as card, screen and board show them. */
export function groups(hex) {
  return hex.match(/.{1,4}/g).join(" ");
}
