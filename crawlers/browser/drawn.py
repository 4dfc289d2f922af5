"""How a piece of text is drawn: its size, its contrast, whether anything of it can be seen.

JavaScript on which the scripts that look at marks, warnings and layers build, to be run in our
isolated world. It scrolls (hit tests know the window only) and never changes the DOM.
"""

from typing import Any

from findings.model.crawl import TextRun
from findings.model.judgement import Box

#: Longest text kept of one run, in UTF-16 units.
MAX_RUN = 200

#: `drawnAs(element, rect, pseudo)` tells of the text of `element` (or of its `::before`, `::after`), which
#: stands in `rect` of the window: `{size, contrast, visible, box}`. Size is in CSS pixels after transforms;
#: contrast is that of WCAG 2.2 §1.4.3, null where text stands on a picture; box is [x, y, width, height]
#: on the page. `atRest(x, y)` scrolls back.
DRAWN = r"""
  const parentOf = (node) => node.parentElement || (node.getRootNode().host ?? null);
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const known = new Map();
  const colour = (css) => {
    if (!known.has(css)) {
      const plain = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(css);
      if (plain) known.set(css, [+plain[1], +plain[2], +plain[3], plain[4] === undefined ? 1 : +plain[4]]);
      else {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = '#000';
        canvas.fillStyle = css;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        known.set(css, [r, g, b, a / 255]);
      }
    }
    return known.get(css);
  };
  const over = (top, ground) => [0, 1, 2].map(i => top[i] * top[3] + ground[i] * (1 - top[3])).concat(1);
  const light = (c) => {
    const part = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
  };
  const ratio = (a, b) => {
    const [x, y] = [light(a), light(b)];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  };
  const PICTURES = new Set(['IMG', 'VIDEO', 'CANVAS', 'IFRAME', 'OBJECT', 'EMBED', 'svg', 'image']);
  const opacityOf = (element) => {
    let all = 1;
    for (let node = element; node; node = parentOf(node)) all *= +getComputedStyle(node).opacity;
    return all;
  };
  // The ground under an element from the elements below it, top-most first; null where it is a picture.
  const groundOf = (below) => {
    const layers = [];
    for (const node of below) {
      if (PICTURES.has(node.nodeName)) return null;
      const style = getComputedStyle(node);
      if (style.backgroundImage !== 'none') return null;
      const back = colour(style.backgroundColor);
      if (back[3] > 0) layers.push(back);
      if (back[3] >= 0.99) break;
    }
    return layers.reduceRight((ground, layer) => over(layer, ground), [255, 255, 255, 1]);
  };
  const clipped = (element, rect) => {
    let [left, top, right, bottom] = [rect.left, rect.top, rect.right, rect.bottom];
    for (let node = element; node && node !== document.body; node = parentOf(node)) {
      const style = getComputedStyle(node);
      if (style.clip !== 'auto' && /^rect\((0|1)px, (0|1)px, (0|1)px, (0|1)px\)$/.test(style.clip)) return true;
      if (/^(inset\((50|100)%|circle\(0)/.test(style.clipPath)) return true;
      if (style.overflow === 'visible' && style.overflowX === 'visible') continue;
      const box = node.getBoundingClientRect();
      left = Math.max(left, box.left); right = Math.min(right, box.right);
      top = Math.max(top, box.top); bottom = Math.min(bottom, box.bottom);
    }
    const area = Math.max(0, right - left) * Math.max(0, bottom - top);
    return area < 0.2 * rect.width * rect.height;
  };
  const hides = (node) => {
    if (PICTURES.has(node.nodeName)) return opacityOf(node) > 0.9;
    return colour(getComputedStyle(node).backgroundColor)[3] > 0.9 && opacityOf(node) > 0.9;
  };
  const atRest = (x, y) => scrollTo({left: x, top: y, behavior: 'instant'});
  const intoView = (rect) => {
    const [x, y] = [rect.left + rect.width / 2, rect.top + rect.height / 2];
    if (x >= 0 && y >= 0 && x < innerWidth && y < innerHeight) return [0, 0];
    const [oldX, oldY] = [scrollX, scrollY];
    atRest(Math.max(0, scrollX + x - innerWidth / 2), Math.max(0, scrollY + y - innerHeight / 2));
    return [scrollX - oldX, scrollY - oldY];
  };
  const drawnAs = (element, rect, pseudo) => {
    const style = getComputedStyle(element, pseudo);
    const box = [rect.left + scrollX, rect.top + scrollY, rect.width, rect.height].map(Math.round);
    const whole = element.getBoundingClientRect();
    const scale = element.offsetHeight > 0 ? whole.height / element.offsetHeight : 1;
    const seen = {size: +(parseFloat(style.fontSize) * scale).toFixed(1) || 0, contrast: null, visible: false, box};
    const ink = colour(style.color).slice();
    ink[3] *= opacityOf(element) * (pseudo ? +style.opacity : 1);
    const page = document.documentElement;
    const away = box[0] + box[2] <= 0 || box[1] + box[3] <= 0
      || box[0] >= Math.max(page.scrollWidth, innerWidth) || box[1] >= Math.max(page.scrollHeight, innerHeight);
    const there = element.checkVisibility({visibilityProperty: true, opacityProperty: true})
      && rect.width >= 1 && rect.height >= 1 && !away && style.visibility === 'visible' && style.display !== 'none';
    if (!there || clipped(element, rect)) return seen;
    const [dx, dy] = intoView(rect);
    const stack = document.elementsFromPoint(
      rect.left - dx + rect.width / 2, rect.top - dy + rect.height / 2).slice(0, 60);
    const at = stack.indexOf(element);
    let below;
    if (at >= 0) {
      if (stack.slice(0, at).some(node => !element.contains(node) && hides(node))) return seen;
      below = stack.slice(at);
    } else {  // it takes no clicks, or stands in a box that scrolls: its ancestors tell the ground
      below = [];
      for (let node = element; node; node = parentOf(node)) below.push(node);
    }
    const ground = groundOf(PICTURES.has(element.nodeName) ? below.slice(1) : below);
    if (ground && !PICTURES.has(element.nodeName)) seen.contrast = +ratio(over(ink, ground), ground).toFixed(2);
    seen.visible = PICTURES.has(element.nodeName) ? opacityOf(element) >= 0.1 : ink[3] >= 0.1 && seen.size > 0;
    return seen;
  };
"""


def text_run(text: str, drawn: dict[str, Any], left: int = 0, top: int = 0) -> TextRun:
    """What `drawnAs` told, as a value. `left` and `top` are where its document begins on the page."""
    x, y, width, height = drawn["box"]
    return TextRun(
        text=text[:MAX_RUN],
        size_px=float(drawn["size"]),
        contrast=drawn["contrast"],
        visible=bool(drawn["visible"]),
        box=Box(x + left, y + top, width, height),
    )
