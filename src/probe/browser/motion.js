// What moves. An element that is just fading in is judged by how it will stand a moment later,
// not by how far a slow machine has come with it.

// Milliseconds after which an animation has ended for a visitor who looks at the page.
const SOON = 10000;

const rested = new WeakSet();

// Brings the animations of an element to their end, where that is near.
function comeToRest(element) {
  for (const animation of animationsOf(element)) {
    if (animation.playState !== 'running' || !(animation.playbackRate > 0)) continue;
    const end = animation.effect ? Number(animation.effect.getComputedTiming().endTime) : Infinity;
    if (!(end <= SOON)) continue;
    animation.finish();
    rested.add(element);
  }
}

function isTransparent(element, style) {
  if (Number(style.opacity) > 0.05) return false;
  comeToRest(element);
  return Number(style.opacity) <= 0.05;
}

// Whether scripts or animations may move or show something at another time.
function isMoving(element) {
  for (const at of flatAncestors(element)) {
    if (rested.has(at) || animationsOf(at).length || nameOf(at) === 'marquee') return true;
  }
  return false;
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
