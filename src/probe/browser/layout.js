// How texts are laid out: facts alone. Whether a visitor sees them is judged elsewhere.

const COVERS = 24;

let measured = [];

// Where a text stands: `n` is the number of a run of text nodes, `text` the part without its
// blanks, `nth` which of several equal parts.
function rangeOf({ n, text, nth }, base) {
  const nodes = texts[n - base];
  if (!nodes || !nodes.every((node) => node.isConnected)) return null;
  const letters = [];
  for (const node of nodes) {
    for (let i = 0; i < node.data.length; i++) {
      if (/\S/.test(node.data[i])) letters.push([node, i]);
    }
  }
  const bare = letters.map(([node, i]) => node.data[i]).join('');
  let at = -1;
  for (let i = 0; i <= nth; i++) {
    const next = bare.indexOf(text, at + 1);
    if (next < 0) break;
    at = next;
  }
  if (at < 0 || !text.length) return null;
  const range = document.createRange();
  const last = letters[at + text.length - 1];
  range.setStart(letters[at][0], letters[at][1]);
  range.setEnd(last[0], last[1] + 1);
  return { range, element: flatParent(nodes[0]) || nodes[0].parentElement };
}

function rgba(text) {
  const found = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(text);
  return found && [+found[1], +found[2], +found[3], found[4] === undefined ? 1 : +found[4]];
}

// All elements under a point, the uppermost first, also those within shadow roots.
function stackAt(x, y) {
  const stack = [];
  const known = new Set();
  const todo = [document];
  while (todo.length && stack.length < 400) {
    const scope = todo.pop();
    const found = scope.elementsFromPoint(x, y).filter((element) => !known.has(element));
    found.forEach((element) => known.add(element));
    const host = scope.host ? stack.indexOf(scope.host) : -1;
    stack.splice(host < 0 ? stack.length : host, 0, ...found);
    for (const element of found) {
      const root = rootOf(element);
      if (root) todo.push(root);
    }
  }
  return stack;
}

function topAt(x, y) {
  let scope = document;
  let top = null;
  for (let depth = 0; depth < 50; depth++) {
    const found = scope.elementFromPoint(x, y);
    if (!found || found === top) break;
    top = found;
    const root = rootOf(found);
    if (!root) break;
    scope = root;
  }
  return top;
}

const isWithin = (inner, outer) => {
  for (const at of flatAncestors(inner)) if (at === outer) return true;
  return false;
};

const isPicture = (element) => /^(img|video|canvas|iframe|embed|object|svg|frame)$/.test(nameOf(element));

// What an element paints over its whole box: a colour, nothing, or what nobody can tell.
function paint(element) {
  const style = getComputedStyle(element);
  if (isPicture(element) || style.backgroundImage !== 'none') return null;
  if (style.mixBlendMode !== 'normal' || style.backgroundClip === 'text') return null;
  for (const pseudo of ['::before', '::after']) {
    const beside = getComputedStyle(element, pseudo);
    if (beside.content === 'none' || beside.content === 'normal') continue;
    const colour = rgba(beside.backgroundColor);
    if (beside.backgroundImage !== 'none' || !colour || colour[3] > 0) return null;
  }
  const colour = rgba(style.backgroundColor);
  if (!colour) return null;
  for (const at of flatAncestors(element)) {
    colour[3] *= Number(getComputedStyle(at).opacity);
  }
  return colour;
}

// Layers below a text, the uppermost first, down to the page's own ground.
function ground(stack, from) {
  const layers = [];
  for (const element of stack.slice(from, from + COVERS)) {
    const colour = paint(element);
    layers.push(colour);
    if (colour === null || colour[3] > 0.98) return layers;
  }
  const [root, body] = [document.documentElement, document.body];
  if (/dark/.test(getComputedStyle(root).colorScheme)) layers.push(null);
  for (const element of [body, root]) if (element) layers.push(paint(element));
  return layers;
}

function describe(element) {
  const name = nameOf(element);
  const kind = typeof element.className === 'string' ? element.className.trim().split(/\s+/)[0] : '';
  const text = kind ? `${name}.${kind}` : element.id ? `${name}#${element.id}` : name;
  return text.slice(0, 60);
}

const isFixed = (element) => {
  for (const at of flatAncestors(element)) {
    if (/^(fixed|sticky)$/.test(getComputedStyle(at).position)) return true;
    if (at instanceof HTMLDialogElement) return true;
  }
  return false;
};

// Whether scripts or animations may move or show something at another time.
function isMoving(element) {
  for (const at of flatAncestors(element)) {
    const style = getComputedStyle(at);
    if (at.getAnimations().length || /^marquee$/i.test(at.localName)) return true;
  }
  return false;
}

// Whether something is moved from its place: what slides shows the rest in its turn.
function isShifted(element) {
  for (const at of flatAncestors(element)) {
    const style = getComputedStyle(at);
    if (style.transform !== 'none' || (style.translate && style.translate !== 'none')) return true;
  }
  return false;
}

// The page, or the box within it that scrolls in its place.
function scroller(element) {
  for (const at of flatAncestors(element)) {
    if (at === document.documentElement || at === document.body) break;
    const style = getComputedStyle(at);
    const scrolls = /auto|scroll|overlay/.test(style.overflowY);
    if (scrolls && at.clientHeight > innerHeight / 2 && at.scrollHeight > at.clientHeight + 1) return at;
  }
  return null;
}

// Whether a scrolled box has put the text out of the way: a reader gets it back.
function isScrolled(element) {
  for (const at of flatAncestors(element)) {
    if (at === document.documentElement || at === document.body) break;
    if (at.scrollLeft !== 0 || at.scrollTop !== 0) return true;
  }
  return false;
}

// Whether a box of no size cuts off what it holds.
function isFlat(element) {
  for (const at of flatAncestors(element)) {
    const style = getComputedStyle(at);
    if (style.display === 'contents' || style.display === 'inline') continue;
    const box = at.getBoundingClientRect();
    const cuts = /hidden|clip/.test(style.overflowX + style.overflowY);
    if (cuts && (box.width <= 1 || box.height <= 1)) return true;
  }
  return false;
}

// Whether a box around a text cuts all of it off, and whether that box is a screen of its own:
// then a reader may well turn over to it.
function cutOf(element, around) {
  let lifted = false;
  for (const at of flatAncestors(element)) {
    if (at === document.documentElement || at === document.body) break;
    const style = getComputedStyle(at);
    const cuts = /hidden|clip/.test(style.overflowX + style.overflowY) && style.display !== 'inline';
    if (cuts && !(lifted && style.position === 'static')) {
      const box = at.getBoundingClientRect();
      const across = Math.min(box.right, around.right) - Math.max(box.left, around.left);
      const down = Math.min(box.bottom, around.bottom) - Math.max(box.top, around.top);
      if (across <= 0 || down <= 0) {
        return box.width > innerWidth / 2 && box.height > innerHeight / 2 ? 'large' : 'small';
      }
    }
    if (style.position === 'fixed') break;
    lifted = style.position === 'absolute' || (lifted && style.position === 'static');
  }
  return null;
}

function opacityOf(element) {
  let opacity = 1;
  for (const at of flatAncestors(element)) {
    const style = getComputedStyle(at);
    opacity *= Number(style.opacity);
    const filter = /opacity\(([\d.]+)(%?)\)/.exec(style.filter);
    if (filter) opacity *= Number(filter[1]) / (filter[2] ? 100 : 1);
  }
  return opacity;
}

function pointsOf(boxes) {
  const wide = boxes.slice().sort((a, b) => b.width * b.height - a.width * a.height).slice(0, 2);
  return wide.flatMap((box) =>
    [0.15, 0.5, 0.85].map((part) => [box.left + box.width * part, box.top + box.height / 2]),
  );
}

const boxesOf = (range) =>
  Array.from(range.getClientRects()).filter((box) => box.width > 0 || box.height > 0);

// Brings a text before the eye as a reader can: what an author has put out of the way in a
// box that does not scroll stays there.
function bring(element, range) {
  const still = [];
  for (const at of flatAncestors(element)) {
    if (at === document.documentElement || at === document.body) break;
    const { overflowX, overflowY } = getComputedStyle(at);
    still.push([at, /hidden|clip/.test(overflowX) && at.scrollLeft, /hidden|clip/.test(overflowY) && at.scrollTop]);
  }
  element.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
  for (const [at, left, top] of still) {
    if (left !== false && at.scrollLeft !== left) at.scrollLeft = left;
    if (top !== false && at.scrollTop !== top) at.scrollTop = top;
  }
  const box = range.getBoundingClientRect();
  if (box.top < 0 || box.bottom > innerHeight) {
    window.scrollBy({ top: box.top + box.height / 2 - innerHeight / 2, behavior: 'instant' });
  }
}

// The facts of one element, or of the text of it that a range spans.
function facts(element, range) {
  const box = boxed(element);
  const style = getComputedStyle(element);
  const shifted = isShifted(element) || isScrolled(element);
  bring(box, range);
  const boxes = boxesOf(range);
  const around = range.getBoundingClientRect();
  const inner = scroller(box);
  const shift = inner ? inner.scrollTop : 0;
  return {
    laid_out: isLaidOut(range.startContainer) && range.getClientRects().length > 0,
    area: [around.left + scrollX, around.top + scrollY + shift, around.width, around.height],
    visible: style.visibility === 'visible',
    opacity: opacityOf(element),
    font: parseFloat(style.fontSize),
    tall: Math.max(0, ...boxes.map((box) => box.height)),
    moving: isMoving(element),
    shifted,
    below: fixedBelow(element, around),
    flat: isFlat(element),
    cut: cutOf(element, around),
    dead: box.closest('[inert]') !== null || document.querySelector('dialog:modal') !== null,
    colour: rgba(style.webkitTextFillColor || style.color),
    adorned: style.textShadow !== 'none' || style.webkitTextStrokeWidth !== '0px' ||
      style.backgroundClip === 'text' || style.mixBlendMode !== 'normal',
    foot: inner ? inner.scrollHeight : null,
    boxes,
    box,
  };
}

// What is fixed to the screen's lower edge is at the foot of the page wherever one looks.
const fixedBelow = (element, around) => {
  for (const at of flatAncestors(element)) {
    if (getComputedStyle(at).position === 'fixed') return Math.max(0, innerHeight - around.bottom);
  }
  return null;
};

function inView([x, y]) {
  return x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
}

function linkOf(element, points) {
  for (const at of flatAncestors(element)) {
    if (!(at instanceof HTMLAnchorElement) || !at.hasAttribute('href')) continue;
    const tops = points.filter(inView).map((point) => topAt(...point)).filter(Boolean);
    const over = tops.filter((top) => !isWithin(top, at));
    const covered = tops.length > 0 && over.length === tops.length && !over.some(isFixed);
    return { target: at.href.slice(0, 4000), over: covered ? describe(over[0]) : null };
  }
  return null;
}

// A stylesheet under which every element is met by a look from above, also one that lets
// clicks pass.
const sheets = [];
function meetAll(on) {
  for (const scope of sheets.splice(0)) {
    scope.adoptedStyleSheets = Array.from(scope.adoptedStyleSheets).filter((s) => s !== meeting);
  }
  if (!on) return;
  if (!meeting) {
    meeting = new CSSStyleSheet();
    meeting.replaceSync('*, *::before, *::after { pointer-events: auto !important }');
  }
  const scopes = [document];
  walk(document.documentElement, (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return false;
    const root = rootOf(node);
    if (root && scopes.length < 500) scopes.push(root);
    return true;
  });
  for (const scope of scopes) {
    scope.adoptedStyleSheets = [...scope.adoptedStyleSheets, meeting];
    sheets.push(scope);
  }
}
let meeting = null;

function lookAt(element, box, points) {
  return points.filter(inView).map(([x, y]) => {
    const stack = stackAt(x, y);
    const at = stack.indexOf(box);
    if (at < 0) return { met: false, over: [], under: [] };
    const over = stack.slice(0, at).filter((other) => !isWithin(box, other)).slice(0, COVERS);
    return {
      met: true,
      over: over.map((other) => {
        const colour = isMoving(other) || isFixed(other) ? null : paint(other);
        return colour ? colour[3] : 0;
      }),
      under: ground(stack, at),
    };
  });
}

function rangeAround(element) {
  const range = document.createRange();
  range.selectNode(element);
  return range;
}

function factsOf(found) {
  const { element, range } = found;
  const told = facts(element, range);
  const points = pointsOf(told.boxes);
  const link = linkOf(element, points);
  const lowest = Math.max(
    document.documentElement.scrollHeight,
    document.body ? document.body.scrollHeight : 0,
    innerHeight,
  );
  found.told = { ...told, link, points: [], foot: told.foot || lowest };
  return found;
}

function looksOf(found) {
  bring(found.told.box, found.range);
  const boxes = boxesOf(found.range);
  found.told.points = lookAt(found.element, found.told.box, pointsOf(boxes));
  const { box, boxes: _, ...plain } = found.told;
  return plain;
}

// The facts of each number: of its longest part.
function measure(numbers, base) {
  measured = numbers.map((parts) => {
    const found = parts.map((part) => [rangeOf(part, base), part.text.length]).filter(([at]) => at);
    found.sort((a, b) => b[1] - a[1]);
    if (!found.length) return null;
    const best = factsOf(found[0][0]);
    const linked = best.told.link ? null : found.slice(1).find(([at]) => factsOf(at).told.link);
    if (linked) best.told.link = linked[0].told.link;
    return best;
  });
  meetAll(true);
  const told = measured.map((found) => found && looksOf(found));
  meetAll(false);
  return told;
}

// The facts of the frame of this number, and where its inside begins.
function measureFrame(element) {
  const found = factsOf({ element, range: rangeAround(element) });
  meetAll(true);
  const told = looksOf(found);
  meetAll(false);
  const box = element.getBoundingClientRect();
  return { told, x: box.left + scrollX + element.clientLeft, y: box.top + scrollY + element.clientTop };
}

function sizeOfPage() {
  const [root, body] = [document.documentElement, document.body];
  return {
    width: Math.max(root.scrollWidth, innerWidth),
    height: Math.max(root.scrollHeight, body ? body.scrollHeight : 0, innerHeight),
  };
}

// Draws a frame around each number, for the picture.
function drawFrames() {
  window.scrollTo({ top: 0, left: 0, behavior: 'instant' });
  for (const found of measured) {
    if (!found) continue;
    const box = found.range.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const frame = document.createElement('div');
    frame.style.cssText =
      'all:initial!important;position:absolute!important;z-index:2147483647!important;' +
      'box-sizing:border-box!important;border:3px solid #e6002d!important;' +
      'pointer-events:none!important;display:block!important;' +
      `left:${box.left + scrollX - 5}px!important;top:${box.top + scrollY - 5}px!important;` +
      `width:${box.width + 10}px!important;height:${box.height + 10}px!important`;
    document.documentElement.append(frame);
  }
}
