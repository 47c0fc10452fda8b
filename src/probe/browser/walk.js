// How the page is walked: as a visitor sees it, shadow roots and slots in their places.
// All of this runs in a world of its own, where the page's scripts cannot reach it.

const SILENT = new Set([
  'script', 'style', 'noscript', 'template', 'link', 'meta', 'base', 'head', 'object', 'embed',
  'audio', 'video', 'canvas', 'map', 'area', 'param', 'source', 'track', 'datalist', 'noembed',
  'noframes', 'applet',
]);
const MOST_NODES = 200000;

const closedRoots = new WeakMap();
const frameNumbers = new WeakMap();
const flatParents = new WeakMap();

const rootOf = (element) => element.shadowRoot || closedRoots.get(element) || null;

const nameOf = (element) => String(element.localName).toLowerCase();

function childrenOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return node.childNodes;
  const root = rootOf(node);
  if (root) return root.childNodes;
  if (node.localName === 'slot' && node instanceof HTMLSlotElement) {
    const given = node.assignedNodes({ flatten: true });
    if (given.length) return given;
  }
  return node.childNodes;
}

// Walks without recursion; `enter` returns whether to go inside.
function walk(start, enter, leave) {
  const stack = [];
  let left = MOST_NODES;
  const open = (node, parent) => {
    left -= 1;
    if (parent) flatParents.set(node, parent);
    if (enter(node)) stack.push({ node, children: Array.from(childrenOf(node)), at: 0 });
  };
  open(start, null);
  while (stack.length && left > 0) {
    const top = stack[stack.length - 1];
    if (top.at < top.children.length) {
      open(top.children[top.at++], top.node);
    } else {
      stack.pop();
      if (leave) leave(top.node);
    }
  }
  const whole = left > 0;
  while (stack.length) {
    const { node } = stack.pop();
    if (leave) leave(node);
  }
  return whole;
}

function flatParent(node) {
  const known = flatParents.get(node);
  if (known) return known;
  const parent = node.parentNode;
  return parent instanceof ShadowRoot ? parent.host : parent;
}

function* flatAncestors(node) {
  let bound = 2000;
  for (let at = node; at && at.nodeType === Node.ELEMENT_NODE && bound > 0; at = flatParent(at)) {
    bound -= 1;
    yield at;
  }
}

// What changes when the content does. Digits do not count: clocks and counters never rest.
function pulse() {
  let elements = 0;
  let sum = 0;
  let text = '';
  if (document.documentElement) {
    walk(document.documentElement, (node) => {
      if (node.nodeType === Node.TEXT_NODE) {
        const data = node.data;
        let hash = 7;
        for (let i = 0; i < data.length && i < 400; i++) {
          const code = data.charCodeAt(i);
          if (code < 48 || code > 57) hash = (hash * 31 + code) | 0;
        }
        sum = (sum + hash) | 0;
        if (text.length < 2000000) text += data.replace(/\s+/g, '');
        return false;
      }
      if (node.nodeType !== Node.ELEMENT_NODE || SILENT.has(nameOf(node))) return false;
      elements += 1;
      return true;
    });
  }
  const number =
    /(ICP|ＩＣＰ|icp|Icp)[^。]{0,3}(备|備|证|証)(案)?(号|號)?[^0-9]{0,6}[0-9]{6}/.test(text) ||
    /[AB][12]\.?(B[12])?-?[0-9]{8}/.test(text);
  return { elements, sum, number, ready: document.readyState };
}

// Goes down the page as a reader does, so that what waits for that is loaded and shown.
function scrollTo(step) {
  const height = Math.max(
    document.documentElement.scrollHeight,
    document.body ? document.body.scrollHeight : 0,
  );
  const top = Math.min(step * innerHeight * 0.8, height);
  window.scrollTo({ top, behavior: 'instant' });
  return top + innerHeight < height;
}
