// The document's own accessors, taken from their prototypes. A form answers to the names of its
// fields, the document to those of its images and forms, before they answer to anything else:
// `<input name="nodeType">` makes `form.nodeType` a field. Asked this way they answer as what
// they are. No other script of ours asks a node of the page for anything by name, but what no
// field can name: texts, links, slots, ranges.

const getter = (of, name) => {
  const { get } = Object.getOwnPropertyDescriptor(of.prototype, name);
  return (from) => get.call(from);
};
const setter = (of, name) => {
  const { set } = Object.getOwnPropertyDescriptor(of.prototype, name);
  return (on, value) => set.call(on, value);
};
const method = (of, name) => {
  const call = of.prototype[name];
  return (on, ...given) => call.apply(on, given);
};

const typeOf = getter(Node, 'nodeType');
const nodesIn = getter(Node, 'childNodes');
const parentOf = getter(Node, 'parentNode');
const parentElementOf = getter(Node, 'parentElement');
const textOf = getter(Node, 'textContent');
const treeOf = method(Node, 'getRootNode');

const localNameOf = getter(Element, 'localName');
const namespaceOf = getter(Element, 'namespaceURI');
const shadowRootOf = getter(Element, 'shadowRoot');
const elementsIn = getter(Element, 'childElementCount');
const attributeOf = method(Element, 'getAttribute');
const findIn = method(Element, 'querySelector');
const closestOf = method(Element, 'closest');
const isVisible = method(Element, 'checkVisibility');
const animationsOf = method(Element, 'getAnimations');
const boxOf = method(Element, 'getBoundingClientRect');
const scrollToElement = method(Element, 'scrollIntoView');
const appendTo = method(Element, 'append');
const clientHeightOf = getter(Element, 'clientHeight');
const clientLeftOf = getter(Element, 'clientLeft');
const clientTopOf = getter(Element, 'clientTop');
const scrollWidthOf = getter(Element, 'scrollWidth');
const scrollHeightOf = getter(Element, 'scrollHeight');
const scrollLeftOf = getter(Element, 'scrollLeft');
const scrollTopOf = getter(Element, 'scrollTop');
const setScrollLeft = setter(Element, 'scrollLeft');
const setScrollTop = setter(Element, 'scrollTop');

const rootGetter = getter(Document, 'documentElement');
const bodyGetter = getter(Document, 'body');
const rootElement = () => rootGetter(document);
const bodyElement = () => bodyGetter(document);
const titleOf = getter(Document, 'title');
const charsetOf = getter(Document, 'characterSet');
const readyStateOf = getter(Document, 'readyState');
const allOf = method(Document, 'getElementsByTagName');
const find = method(Document, 'querySelector');
const newRange = method(Document, 'createRange');
const newElement = method(Document, 'createElement');

// A document and a shadow root share these names, not the accessors.
const ofScope = (make, name) => {
  const [ofDocument, ofRoot] = [make(Document, name), make(ShadowRoot, name)];
  return (scope, ...given) =>
    scope instanceof ShadowRoot ? ofRoot(scope, ...given) : ofDocument(scope, ...given);
};
const allAt = ofScope(method, 'elementsFromPoint');
const oneAt = ofScope(method, 'elementFromPoint');
const sheetsOf = ofScope(getter, 'adoptedStyleSheets');
const setSheets = ofScope(setter, 'adoptedStyleSheets');
