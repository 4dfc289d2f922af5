// The pieces of text of a document as they are drawn. Runs in an isolated world, reads and never changes the DOM;
// it scrolls to what lies outside the window, to see what covers it, and back, before any script of the page runs.
// Answer: [text, size in px, contrast or null, visible, x, y, width, height, number of its block], page coordinates.
(mostRuns) => {
  const MOST_NODES = 20000, MOST_TEXT = 400, MOST_GHOSTS = 100, HIT_MS = 1000;
  const SKIP = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'TEXTAREA', 'OPTION']);
  const PICTURES = new Set(['IMG', 'VIDEO', 'CANVAS', 'IFRAME', 'OBJECT', 'EMBED', 'SVG', 'PICTURE']);
  const UNREADABLE_PX = 4, UNSEEN_ALPHA = 0.1, OPAQUE = 0.9, UNSEEN_CONTRAST = 1.1;
  const root = document.documentElement;
  if (!root || !document.body) return [];
  const left = scrollX, top = scrollY;
  const go = (x, y) => scrollTo({left: x, top: y, behavior: 'instant'});
  const begun = performance.now();

  const styles = new Map();
  const style = (e) => {
    let known = styles.get(e);
    if (!known) styles.set(e, known = getComputedStyle(e));
    return known;
  };
  const up = (e) => e.assignedSlot || e.parentElement || (e.parentNode && e.parentNode.host) || null;

  // A value that an element takes over from those above it, worked out once for each.
  const inherited = (first, next) => {
    const known = new Map();
    return (element) => {
      const chain = [];
      let e = element;
      while (e && !known.has(e)) { chain.push(e); e = up(e); }
      let value = e ? known.get(e) : first;
      while (chain.length) { e = chain.pop(); value = next(value, e); known.set(e, value); }
      return value;
    };
  };
  const filtered = (s) => {
    const found = /opacity\(([\d.]+)(%?)\)/.exec(s.filter || '');
    return found ? parseFloat(found[1]) / (found[2] ? 100 : 1) : 1;
  };
  const opacity = inherited(1, (above, e) => above * parseFloat(style(e).opacity) * filtered(style(e)));
  const fixed = inherited(false, (above, e) => above || style(e).position === 'fixed');
  let blocks = 0;
  const block = inherited(0, (above, e) => /^(inline|contents|ruby)/.test(style(e).display) ? above : ++blocks);
  const scroller = inherited(null, (above, e) =>
    /(auto|scroll)/.test(style(e).overflowY + style(e).overflowX) && e !== root && e !== document.body &&
    (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1) &&
    e.clientHeight >= 20 && e.clientWidth >= 40 ? e : above);

  const rgba = (text) => {
    const plain = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(text);
    if (plain) return [+plain[1], +plain[2], +plain[3], plain[4] === undefined ? 1 : +plain[4]];
    const srgb = /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.e-]+))?\)$/.exec(text);
    return srgb ? [srgb[1] * 255, srgb[2] * 255, srgb[3] * 255, srgb[4] === undefined ? 1 : +srgb[4]] : null;
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
  const isPicture = (e) => PICTURES.has(e.tagName.toUpperCase()) || e instanceof SVGElement;
  // Behind: the elements from the text's own downwards. Undefined where a picture is among them.
  const ground = (behind) => {
    let colour = [0, 0, 0, 0];
    for (const e of behind) {
      const s = style(e);
      if (isPicture(e) || s.backgroundImage !== 'none') return undefined;
      const own = rgba(s.backgroundColor);
      if (!own) return undefined;
      colour = over(colour, own);
      if (colour[3] > 0.99) break;
    }
    return over(colour, [255, 255, 255, 1]);
  };
  const contrast = (e, behind) => {
    const s = style(e);
    if (s.backgroundClip === 'text' || s.webkitBackgroundClip === 'text') return null;
    const ink = rgba(s.webkitTextFillColor || s.color), under = ground(behind);
    if (!ink || !under) return null;
    return ratio(over([ink[0], ink[1], ink[2], ink[3] * opacity(e)], under), under);
  };
  const paints = (e) => {
    if (opacity(e) < OPAQUE || style(e).visibility !== 'visible') return false;
    if (isPicture(e) || /url\(|gradient\(/.test(style(e).backgroundImage)) return true;
    const own = rgba(style(e).backgroundColor);
    return own !== null && own[3] >= OPAQUE;
  };
  const layer = (e) => {  // the height of the nearest positioned element, roughly
    for (let at = e, steps = 0; at && steps < 50; at = up(at), steps++)
      if (style(at).position !== 'static') return parseInt(style(at).zIndex) || 0;
    return -1;
  };
  const inWindow = (x, y) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
  const solid = (rects) => [...rects].filter(r => r.width > 0 && r.height > 0);
  const points = (rects) => rects.slice(0, 3).flatMap(r =>
    [0.5, 0.15, 0.85].map(part => [r.left + r.width * part, r.top + r.height / 2]));

  // Elements that let the mouse through are left out of hit tests: they are looked at by themselves.
  const ghosts = [];
  const texts = [];
  const roots = [document.body];
  let seen = 0;
  go(0, 0);
  while (roots.length && seen < MOST_NODES) {
    const here = roots.shift();
    const walker = document.createTreeWalker(here, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
      node => node.nodeType === 1 && SKIP.has(node.tagName) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    for (let node = walker.nextNode(); node && ++seen < MOST_NODES; node = walker.nextNode()) {
      if (node.nodeType === 3) {
        if (texts.length < mostRuns && node.data.trim()) texts.push(node);
      } else {
        if (node.shadowRoot) roots.push(node.shadowRoot);
        if (ghosts.length < MOST_GHOSTS && style(node).pointerEvents === 'none' &&
            style(node).position !== 'static' && paints(node)) ghosts.push(node);
      }
    }
  }
  const haunted = (e, x, y) => ghosts.some(g => {
    if (g.contains(e) || e.contains(g)) return false;
    const r = g.getBoundingClientRect();
    if (x < r.left || x >= r.right || y < r.top || y >= r.bottom) return false;
    const [mine, its] = [layer(e), layer(g)];
    return its > mine || (its === mine && !!(e.compareDocumentPosition(g) & Node.DOCUMENT_POSITION_FOLLOWING));
  });

  const range = document.createRange();
  const pageWidth = Math.max(root.scrollWidth, innerWidth), pageHeight = Math.max(root.scrollHeight, innerHeight);
  const runs = [];
  for (const node of texts) {
    const e = node.parentElement || (node.parentNode && node.parentNode.host);
    if (!e) continue;
    const s = style(e);
    range.selectNodeContents(node);
    let rects = solid(range.getClientRects());
    const box = rects.length ? [
      Math.min(...rects.slice(0, 200).map(r => r.left)) + scrollX, Math.min(...rects.slice(0, 200).map(r => r.top)) + scrollY,
      Math.max(...rects.slice(0, 200).map(r => r.right)) + scrollX, Math.max(...rects.slice(0, 200).map(r => r.bottom)) + scrollY,
    ] : null;
    const shape = e.offsetHeight ? e.getBoundingClientRect().height / e.offsetHeight : 1;
    const size = parseFloat(s.fontSize) * (shape > 0 ? shape : 1);
    let visible = box !== null && e.checkVisibility({visibilityProperty: true}) && size >= UNREADABLE_PX &&
      box[2] > 0 && box[3] > 0 && box[0] < pageWidth && box[1] < pageHeight;
    const ink = rgba(s.webkitTextFillColor || s.color);
    const clipped = s.backgroundClip === 'text' || s.webkitBackgroundClip === 'text';
    if (opacity(e) < UNSEEN_ALPHA || (!clipped && ink && ink[3] * opacity(e) < UNSEEN_ALPHA)) visible = false;
    const ancestors = [];
    for (let at = e; at && ancestors.length < 100; at = up(at)) ancestors.push(at);
    let behind = ancestors;
    if (visible && s.pointerEvents !== 'none' && performance.now() - begun < HIT_MS) {
      const middle = (rects[0].top + rects[0].bottom) / 2, centre = (rects[0].left + rects[0].right) / 2;
      if (!inWindow(centre, middle) && !fixed(e)) {
        go(centre + scrollX - innerWidth / 2, middle + scrollY - innerHeight / 2);
        rects = solid(range.getClientRects());
      }
      const scope = e.getRootNode();
      let uncovered = false;
      for (const [x, y] of points(rects)) {
        if (!inWindow(x, y)) continue;
        const stack = scope.elementsFromPoint(x, y);
        const mine = stack.findIndex(other => other === e || (s.display === 'contents' && other.contains(e)));
        if (mine < 0) continue;
        behind = stack.slice(mine);
        if (stack.slice(0, mine).some(paints) || haunted(e, x, y)) continue;
        uncovered = true;
        break;
      }
      if (!uncovered) {
        const holder = scroller(e);
        if (holder) {  // what a reader can scroll to can be seen
          const r = holder.getBoundingClientRect(), t = rects[0];
          uncovered = !!t && holder !== e && (t.top >= r.bottom || t.bottom <= r.top || t.left >= r.right || t.right <= r.left);
        }
      }
      visible = uncovered;
    }
    const found = contrast(e, behind);
    if (found !== null && found < UNSEEN_CONTRAST) visible = false;
    runs.push([
      node.data.replace(/\s+/g, ' ').trim().slice(0, MOST_TEXT), Math.round(size * 100) / 100,
      found === null ? null : Math.round(found * 100) / 100, visible,
      ...(box ? [box[0], box[1], box[2] - box[0], box[3] - box[1]].map(Math.round) : [0, 0, 0, 0]), block(e),
    ]);
  }
  go(left, top);
  return runs;
}
