// How a piece of text, or an element, is drawn: its size, its contrast, whether anything of it can be seen. Functions
// that other scripts of this folder build on, in an isolated world. They read and never change the DOM; they scroll to
// what lies outside the window, to see what covers it: whoever uses them calls `home()` before a script of the page runs.
const MOST_NODES = 20000, MOST_GHOSTS = 100, MOST_RECTS = 200, HIT_MS = 1000;
const PICTURES = new Set(['IMG', 'VIDEO', 'CANVAS', 'IFRAME', 'OBJECT', 'EMBED', 'SVG', 'PICTURE']);
const UNREADABLE_PX = 4, UNSEEN_ALPHA = 0.1, OPAQUE = 0.9, UNSEEN_CONTRAST = 1.1, CLIPPED = 0.2;
const page = document.documentElement;
const homeX = scrollX, homeY = scrollY;
const begun = performance.now();
const go = (x, y) => scrollTo({left: x, top: y, behavior: 'instant'});
const home = () => { if (scrollX !== homeX || scrollY !== homeY) go(homeX, homeY); };

const styles = new Map();
const style = (e) => {
  let known = styles.get(e);
  if (!known) styles.set(e, known = getComputedStyle(e));
  return known;
};
const parentOf = (e) => e.assignedSlot || e.parentElement || (e.parentNode && e.parentNode.host) || null;
const isPicture = (e) => PICTURES.has(e.tagName.toUpperCase()) || e instanceof SVGElement;

// A value that an element takes over from those above it, worked out once for each.
const inherited = (first, next) => {
  const known = new Map();
  return (element) => {
    const chain = [];
    let e = element;
    while (e && !known.has(e)) { chain.push(e); e = parentOf(e); }
    let value = e ? known.get(e) : first;
    while (chain.length) { e = chain.pop(); value = next(value, e); known.set(e, value); }
    return value;
  };
};
const filtered = (s) => {
  const found = /opacity\(([\d.]+)(%?)\)/.exec(s.filter || '');
  return found ? parseFloat(found[1]) / (found[2] ? 100 : 1) : 1;
};
const opacityOf = inherited(1, (above, e) => above * parseFloat(style(e).opacity) * filtered(style(e)));
const isFixed = inherited(false, (above, e) => above || style(e).position === 'fixed');
const scrollerOf = inherited(null, (above, e) =>
  /(auto|scroll)/.test(style(e).overflowY + style(e).overflowX) && e !== page && e !== document.body &&
  (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1) &&
  e.clientHeight >= 20 && e.clientWidth >= 40 ? e : above);

const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
const colours = new Map();
const colour = (css) => {
  if (!colours.has(css)) {
    const plain = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(css);
    if (plain) colours.set(css, [+plain[1], +plain[2], +plain[3], plain[4] === undefined ? 1 : +plain[4]]);
    else {  // oklch(), color(display-p3 …) and the like: as the browser paints them
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = '#000';
      canvas.fillStyle = css;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      colours.set(css, [r, g, b, a / 255]);
    }
  }
  return colours.get(css);
};
const over = (a, b) => {  // colour a, with its alpha, over colour b
  const alpha = a[3] + b[3] * (1 - a[3]);
  if (!alpha) return [0, 0, 0, 0];
  return [0, 1, 2].map(i => (a[i] * a[3] + b[i] * b[3] * (1 - a[3])) / alpha).concat(alpha);
};
const light = (c) => {  // WCAG 2.2, relative luminance
  const [r, g, b] = c.slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ratio = (a, b) => {
  const [x, y] = [light(a), light(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
};
// Behind: the elements from the text's own downwards. Null where a picture is among them.
const groundOf = (behind) => {
  let under = [0, 0, 0, 0];
  for (const e of behind) {
    if (isPicture(e) || style(e).backgroundImage !== 'none') return null;
    under = over(under, colour(style(e).backgroundColor));
    if (under[3] > 0.99) break;
  }
  return over(under, [255, 255, 255, 1]);
};
const paints = (e) => {
  if (opacityOf(e) < OPAQUE || style(e).visibility !== 'visible') return false;
  if (isPicture(e) || /url\(|gradient\(/.test(style(e).backgroundImage)) return true;
  return colour(style(e).backgroundColor)[3] >= OPAQUE;
};
const layerOf = (e) => {  // the height of the nearest positioned element, roughly
  for (let at = e, steps = 0; at && steps < 50; at = parentOf(at), steps++)
    if (style(at).position !== 'static') return parseInt(style(at).zIndex) || 0;
  return -1;
};
// Elements that let the mouse through are left out of hit tests: they are looked at by themselves.
let allGhosts = null;
const ghosts = () => {
  if (allGhosts) return allGhosts;
  allGhosts = [];
  const roots = [document.body];
  for (let seen = 0; roots.length && seen < MOST_NODES;) {
    const walker = document.createTreeWalker(roots.shift(), NodeFilter.SHOW_ELEMENT);
    for (let e = walker.nextNode(); e && ++seen < MOST_NODES; e = walker.nextNode()) {
      if (e.shadowRoot) roots.push(e.shadowRoot);
      if (allGhosts.length < MOST_GHOSTS && style(e).pointerEvents === 'none' &&
          style(e).position !== 'static' && paints(e)) allGhosts.push(e);
    }
  }
  return allGhosts;
};
const haunted = (e, x, y) => ghosts().some(g => {
  if (g.contains(e) || e.contains(g)) return false;
  const r = g.getBoundingClientRect();
  if (x < r.left || x >= r.right || y < r.top || y >= r.bottom) return false;
  const [mine, its] = [layerOf(e), layerOf(g)];
  return its > mine || (its === mine && !!(e.compareDocumentPosition(g) & Node.DOCUMENT_POSITION_FOLLOWING));
});
// What boxes that hide their overflow leave of a rectangle: for what a hit test can't find.
const isClipped = (e, rect) => {
  let [left, top, right, bottom] = [rect.left, rect.top, rect.right, rect.bottom];
  for (let at = e, steps = 0; at && at !== document.body && steps < 100; at = parentOf(at), steps++) {
    const s = style(at);
    if (/^rect\((0|1)px, (0|1)px, (0|1)px, (0|1)px\)$/.test(s.clip)) return true;
    if (/^(inset\((50|100)%|circle\(0)/.test(s.clipPath)) return true;
    if (!/hidden|clip/.test(s.overflowX + s.overflowY)) continue;
    const box = at.getBoundingClientRect();
    left = Math.max(left, box.left); right = Math.min(right, box.right);
    top = Math.max(top, box.top); bottom = Math.min(bottom, box.bottom);
  }
  return Math.max(0, right - left) * Math.max(0, bottom - top) < CLIPPED * rect.width * rect.height;
};
const inWindow = (x, y) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
const points = (rects) => rects.slice(0, 3).flatMap(r =>
  [0.5, 0.15, 0.85].map(part => [r.left + r.width * part, r.top + r.height / 2]));

// `e` holds the text, `place()` gives its rectangles in the window as it now is: `{size, contrast, visible, box}`. Size
// is in CSS pixels after transforms; contrast is that of WCAG 2.2 §1.4.3, null over a picture; box is [x, y, width,
// height] on the page, null where nothing is drawn. `pseudo` names the pseudo-element that draws the text; of a `whole`
// element what it holds itself covers nothing; a `picture` needs no ink, nor letters of any size.
const drawnAs = (e, place, {pseudo, whole = false, picture = isPicture(e)} = {}) => {
  const s = pseudo ? getComputedStyle(e, pseudo) : style(e);
  const solid = () => [...place()].filter(r => r.width > 0 && r.height > 0).slice(0, MOST_RECTS);
  let rects = solid();
  const fixed = isFixed(e);
  const [byX, byY] = fixed ? [homeX, homeY] : [scrollX, scrollY];
  const edges = rects.length ? [
    Math.min(...rects.map(r => r.left)) + byX, Math.min(...rects.map(r => r.top)) + byY,
    Math.max(...rects.map(r => r.right)) + byX, Math.max(...rects.map(r => r.bottom)) + byY,
  ] : null;
  const box = edges && [edges[0], edges[1], edges[2] - edges[0], edges[3] - edges[1]].map(Math.round);
  const shape = e.offsetHeight ? e.getBoundingClientRect().height / e.offsetHeight : 1;
  const size = parseFloat(s.fontSize) * (shape > 0 ? shape : 1) || 0;
  const opacity = opacityOf(e) * (pseudo ? parseFloat(s.opacity) : 1);
  const inked = s.backgroundClip !== 'text' && s.webkitBackgroundClip !== 'text';
  const ink = colour(s.webkitTextFillColor || s.color).slice();
  ink[3] *= opacity;
  let visible = edges !== null && e.checkVisibility({visibilityProperty: true}) && (picture || size >= UNREADABLE_PX) &&
    s.visibility === 'visible' && s.display !== 'none' && opacity >= UNSEEN_ALPHA && (picture || !inked || ink[3] >= UNSEEN_ALPHA) &&
    edges[2] > 0 && edges[3] > 0 && edges[0] < Math.max(page.scrollWidth, innerWidth) && edges[1] < Math.max(page.scrollHeight, innerHeight);
  let behind = [];
  for (let at = e; at && behind.length < 100; at = parentOf(at)) behind.push(at);
  if (visible && s.pointerEvents === 'none') {
    visible = !isClipped(e, {left: edges[0] - byX, top: edges[1] - byY, right: edges[2] - byX, bottom: edges[3] - byY,
                             width: edges[2] - edges[0], height: edges[3] - edges[1]});
  } else if (visible && performance.now() - begun < HIT_MS) {
    const middle = (rects[0].top + rects[0].bottom) / 2, centre = (rects[0].left + rects[0].right) / 2;
    if (!inWindow(centre, middle) && !fixed) {
      go(centre + scrollX - innerWidth / 2, middle + scrollY - innerHeight / 2);
      rects = solid();
    }
    const scope = e.getRootNode();
    const isOwn = (other) => other === e || (whole && e.contains(other)) || (s.display === 'contents' && other.contains(e));
    visible = false;
    for (const [x, y] of points(rects)) {
      if (!inWindow(x, y)) continue;
      const stack = scope.elementsFromPoint(x, y);
      const mine = stack.findIndex(isOwn);
      if (mine < 0) continue;
      behind = stack.slice(mine);
      if (stack.slice(0, mine).some(paints) || haunted(e, x, y)) continue;
      visible = true;
      break;
    }
    const holder = visible ? null : scrollerOf(e);
    if (holder && holder !== e && rects.length) {  // what a reader can scroll to can be seen
      const r = holder.getBoundingClientRect(), t = rects[0];
      visible = t.top >= r.bottom || t.bottom <= r.top || t.left >= r.right || t.right <= r.left;
    }
  }
  const ground = picture || !inked ? null : groundOf(behind);
  const contrast = ground && ratio(over(ink, ground), ground);
  if (contrast !== null && contrast < UNSEEN_CONTRAST) visible = false;
  const round = (value) => Math.round(value * 100) / 100;
  return {size: round(size), contrast: contrast === null ? null : round(contrast), visible, box};
};
