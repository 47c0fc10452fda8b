// The document as HTML, as it is laid out: without scripts and styles, what a visitor cannot
// see marked `hidden`, each text with a number by which it is found again.

const KEPT = ['class', 'id', 'title', 'alt', 'role', 'name', 'type'];
const VOID = new Set(['br', 'hr', 'img', 'input', 'wbr', 'col']);
const RAW = new Set(['textarea', 'select', 'option', 'optgroup', 'title']);
const MOST_TEXT = 12000000;

let texts = [];

const escapeText = (text) =>
  text.replace(/[&<>\u0000]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] || '');
const escapeValue = (text) =>
  text.replace(/[&"<>\u0000]/g, (c) => ({ '&': '&amp;', '"': '&quot;', '<': '&lt;', '>': '&gt;' })[c] || '');

function tagOf(element) {
  const name = nameOf(element);
  if (element.namespaceURI !== 'http://www.w3.org/1999/xhtml') return 'span';
  if (name === 'frameset' || name === 'slot' || name === 'body' || name === 'html') return 'div';
  return /^[a-z][a-z0-9-]*$/.test(name) && name !== 'beian-text' ? name : 'span';
}

// Whether an element is hidden with all that it holds.
function hides(style) {
  return (
    style.display === 'none' ||
    Number(style.opacity) <= 0.05 ||
    style.contentVisibility === 'hidden'
  );
}

// The innermost element around something that has a box of its own.
function boxed(element) {
  for (const at of flatAncestors(element)) {
    if (getComputedStyle(at).display !== 'contents') return at;
  }
  return element;
}

// Whether a node has a place in the layout: it has none in a closed `details`, but for the
// line that opens it.
function isLaidOut(node) {
  let inner = node;
  const element = node.nodeType === Node.ELEMENT_NODE ? node : flatParent(node);
  for (const at of flatAncestors(element)) {
    if (at instanceof HTMLDetailsElement && !at.open && at !== inner) {
      if (inner !== at.querySelector(':scope > summary')) return false;
    }
    inner = at;
  }
  return boxed(element).checkVisibility();
}

function isShown(parent, nodes) {
  const style = getComputedStyle(parent);
  if (style.visibility !== 'visible' || parseFloat(style.fontSize) < 2) return false;
  if (!isLaidOut(nodes[0])) return false;
  const range = document.createRange();
  return nodes.some((node) => {
    range.selectNodeContents(node);
    return Array.from(range.getClientRects()).some((box) => box.width > 0 && box.height > 0);
  });
}

// What a stylesheet writes before or behind an element.
function written(element, pseudo) {
  const content = getComputedStyle(element, pseudo).content;
  const found = /^"((?:[^"\\]|\\.)*)"$/.exec(content);
  if (!found || found[1].length < 4) return '';
  return escapeText(found[1].replace(/\\(.)/g, '$1'));
}

function snapshot(base, resolve) {
  texts = [];
  const out = [];
  let size = 0;
  let whole = true;
  let hiddenDepth = 0;
  let pending = [];
  let pendingParent = null;
  const say = (text) => {
    size += text.length;
    if (size < MOST_TEXT) out.push(text);
    else whole = false;
  };
  const flush = () => {
    if (!pending.length) return;
    const [nodes, parent] = [pending, pendingParent];
    pending = [];
    const data = nodes.map((node) => node.data).join('');
    if (!/\S/.test(data)) return say(' ');
    if (RAW.has(nameOf(parent))) return say(escapeText(data));
    const hidden = hiddenDepth > 0 || isShown(parent, nodes) ? '' : ' hidden';
    say(`<beian-text n="${base + texts.length}"${hidden}>${escapeText(data)}</beian-text>`);
    texts.push(nodes);
  };
  const enter = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      pendingParent = flatParent(node) || node.parentElement;
      if (pendingParent) pending.push(node);
      return false;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || SILENT.has(nameOf(node))) return false;
    const isDrawing = node.namespaceURI === 'http://www.w3.org/2000/svg';
    if (isDrawing && !/\S/.test(node.textContent)) return false;
    flush();
    open(node);
    return !VOID.has(tagOf(node)) && !isFrame(node);
  };
  const open = (element) => {
    const tag = tagOf(element);
    const name = nameOf(element);
    const attributes = [];
    for (const key of KEPT) {
      const value = element.getAttribute(key);
      if (value !== null) attributes.push(`${key}="${escapeValue(value.slice(0, 1000))}"`);
    }
    const href = element.getAttribute('href');
    if (href !== null) {
      const target = resolve && typeof element.href === 'string' ? element.href : href;
      attributes.push(`href="${escapeValue(target.slice(0, 4000))}"`);
    }
    if (name === 'img') attributes.push(`src="${escapeValue((element.getAttribute('src') || '').slice(0, 1000))}"`);
    if (name === 'dialog' || name === 'details') attributes.push('open');
    let before = '';
    if (hiddenDepth === 0) {
      const style = getComputedStyle(element);
      if (hides(style)) {
        attributes.push('hidden');
        hiddenDepth += 1;
      } else {
        if (isBlock(element, style)) attributes.push('style="display:block"');
        if (element.childElementCount < 50) before = written(element, '::before');
      }
    } else {
      hiddenDepth += 1;
    }
    if (isFrame(element)) {
      const number = frameNumbers.get(element);
      const inner = number === undefined ? '' : `<!--beian-frame:${number}-->`;
      say(`<div ${attributes.filter((a) => a === 'hidden').join('')}>${inner}</div>`);
      if (hiddenDepth > 0) hiddenDepth -= 1;
      return;
    }
    say(`<${[tag, ...attributes].join(' ')}>${before}`);
    if (VOID.has(tag) && hiddenDepth > 0) hiddenDepth -= 1;
  };
  const leave = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    flush();
    if (hiddenDepth > 0) hiddenDepth -= 1;
    else if (node.childElementCount < 50) say(written(node, '::after'));
    say(`</${tagOf(node)}>`);
  };
  const body = document.body || document.documentElement;
  if (body) whole = walk(body, enter, leave) && whole;
  flush();
  const titled = Array.from(document.getElementsByTagName('title')).some(
    (title) => title instanceof HTMLTitleElement,
  );
  const given = document.querySelector('base[href]');
  return {
    html: out.join(''),
    whole,
    title: titled ? escapeText(document.title.slice(0, 4000)) : null,
    base: given ? escapeValue(given.href.slice(0, 4000)) : null,
    charset: document.characterSet,
    url: location.href,
  };
}

const isFrame = (element) =>
  element instanceof HTMLIFrameElement || nameOf(element) === 'frame';

// An inline element that a stylesheet makes a block. The children of a row stand beside each
// other: to a reader they are one line.
function isBlock(element, style) {
  if (!/^(block|flex|grid|list-item|table|flow-root)$/.test(style.display)) return false;
  const parent = flatParent(element);
  if (!parent || parent.nodeType !== Node.ELEMENT_NODE) return false;
  return !/flex|grid/.test(getComputedStyle(parent).display);
}
