"""JavaScript that finds pop-up and splash layers over a page and the mark that closes each.

A layer is what lies on top: a modal dialog, a fixed box that is no bar along an edge, or a positioned
box of high order that can be closed. The page as a whole, where it is one fixed box, is no layer.
"""

from crawlers.browser.drawn import DRAWN

#: `closeMark(scope, around)`: the mark by which a layer is closed, or null. `countdown(scope)`: a timer's words.
_MARKS = (
    DRAWN
    + r"""
  const SAYS = /^(?:关闭广告|跳过广告|关闭|跳过|我知道了|知道了|取消|不了谢谢|稍后再说|以后再说|残忍拒绝|暂不需要|暂不|放弃|close|skip|[×✕✖╳⨯☓xX])$/i;
  const LABELLED = /关闭|跳过|close|dismiss|skip/i;
  const NAMED = /(?:^|[-_\s])(?:close|closebtn|btnclose|close\d*|guanbi|dismiss|skip|cls)(?:$|[-_\s])|(?:^|[-_\s])[a-z]+[-_]?close(?:$|[-_\s])/i;
  const TIMER = /(\d{1,2})\s*(?:s|秒)\s*后?\s*(?:才?可以?|方可|能|自动)?\s*(?:关闭|跳过|close|skip)|(?:关闭|跳过|close|skip|剩余)\s*[:：(（]?\s*(\d{1,2})\s*(?:s|秒)/i;
  const pierced = (x, y) => {
    let node = document.elementFromPoint(x, y);
    for (let n = 0; node?.shadowRoot && n < 20; n++) {
      const inner = node.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === node) break;
      node = inner;
    }
    return node;
  };
  const away = (node) => {
    const link = node.closest?.('a[href], area[href]');
    if (!link) return null;
    const href = (link.getAttribute('href') || '').trim();
    if (!href || /^(?:#|javascript:)/i.test(href)) return null;
    try {
      const url = new URL(href, document.baseURI);
      return url.href.split('#')[0] === location.href.split('#')[0] ? null : url.host || url.protocol;
    } catch { return null; }
  };
  const drawsSomething = (node) => {
    if (isPicture(node) || node.querySelector('img, svg, canvas')) return true;
    for (const pseudo of [undefined, '::before', '::after']) {
      const style = getComputedStyle(node, pseudo);
      if (pseudo && (style.content === 'none' || style.content === 'normal')) continue;
      if (style.backgroundImage !== 'none' || colour(style.backgroundColor)[3] > 0.1) return true;
      if (parseFloat(style.borderTopWidth) > 0 || parseFloat(style.borderLeftWidth) > 0) return true;
      if (pseudo && /^"\s*\S/.test(style.content)) return true;
    }
    return false;
  };
  const markOf = (node) => {
    const box = node.getBoundingClientRect();
    if (box.width > 260 || box.height > 120) return null;
    const said = (node.innerText ?? node.textContent ?? '').trim();
    const bare = said.replace(/[\d\s秒s:：()（）|丨]/gi, '');  // a timer beside the word
    const label = `${node.getAttribute?.('aria-label') || ''} ${node.getAttribute?.('title') || ''} ${node.getAttribute?.('alt') || ''}`;
    const name = `${typeof node.className === 'string' ? node.className : node.getAttribute?.('class') || ''} ${node.id || ''}`;
    const source = node.nodeName === 'IMG' ? (node.currentSrc || node.src).slice(-200) : '';
    let rank = 0, shape = said;
    if (said && said.length <= 20 && (SAYS.test(said) || SAYS.test(bare))) rank = 4;
    else if (said.length <= 4 && LABELLED.test(label)) [rank, shape] = [3, label.trim()];
    else if (said.length <= 4 && NAMED.test(name)) [rank, shape] = [2, said || name.trim()];
    else if (/close|guanbi/i.test(source.split(/[/?]/).slice(-2).join('/'))) [rank, shape] = [1, 'img'];
    if (!rank) return null;
    const drawn = drawnAs(node, () => [node.getBoundingClientRect()], {whole: true});
    home();
    const shown = SAYS.test(said) || bare ? drawn.visible && (drawn.contrast === null || drawn.contrast >= 1.5)
      : (drawn.visible || !said) && node.checkVisibility({visibilityProperty: true, opacityProperty: true})
        && opacityOf(node) >= 0.1 && box.width >= 3 && box.height >= 3 && drawsSomething(node);
    return {node, rank, shape: shape.slice(0, 60), shown: !!shown, box: drawn.box, area: box.width * box.height};
  };
  const marksWithin = (scope) => {
    const marks = [];
    const walk = document.createTreeWalker(scope, NodeFilter.SHOW_ELEMENT);
    for (let node = walk.nextNode(), n = 0; node && n < 800; node = walk.nextNode(), n++) {
      const mark = markOf(node);
      if (mark) marks.push(mark);
      if (node.shadowRoot) marks.push(...[...node.shadowRoot.querySelectorAll('*')].slice(0, 200).map(markOf).filter(Boolean));
    }
    return marks;
  };
  const closeMark = (scope, around) => {
    let marks = marksWithin(scope);
    if (!marks.length) {  // a cross that stands beside its box
      const box = scope.getBoundingClientRect();
      for (const other of around) {
        const at = other.getBoundingClientRect();
        const beside = at.left < box.right + 80 && at.right > box.left - 80 && at.top < box.bottom + 80 && at.bottom > box.top - 80;
        if (other !== scope && beside && getComputedStyle(other).position !== 'static')
          marks.push(...[markOf(other), ...marksWithin(other)].filter(Boolean));
      }
    }
    marks = marks.slice(0, 40).sort((a, b) => b.shown - a.shown || b.rank - a.rank || a.area - b.area);
    const best = marks[0];
    if (!best) return null;
    const at = best.node.getBoundingClientRect();
    const point = [at.left + at.width / 2, at.top + at.height / 2];
    const top = pierced(...point);
    const over = top && !best.node.contains(top) && !top.contains(best.node) ? top : null;
    return {shape: best.shape, shown: best.shown, box: best.box, point,
            away: away(best.node) ?? (over ? away(over) : null), covered: !!over};
  };
  const countdown = (scope) => {
    const timer = TIMER.exec((scope.innerText || '').slice(0, 3000));
    return timer ? {text: timer[0].slice(0, 40), seconds: +(timer[1] || timer[2])} : null;
  };
"""
)

_FIND = r"""
  const GRID = 9;
  const share = (rect) => {
    const width = Math.min(rect.right, innerWidth) - Math.max(rect.left, 0);
    const height = Math.min(rect.bottom, innerHeight) - Math.max(rect.top, 0);
    return width < 100 || height < 100 ? 0 : width * height / (innerWidth * innerHeight);
  };
  const modal = (node) => node.matches('dialog:modal, [popover]:popover-open, [role="dialog"], [role="alertdialog"], [aria-modal="true"]');
  const length = (text) => text.replace(/\s+/g, '').length;
  const pageLength = length((document.body?.innerText || '').slice(0, 20000));
  const bar = (rect) =>
    (rect.width >= 0.85 * innerWidth && rect.height <= 0.3 * innerHeight && (rect.top <= 5 || rect.bottom >= innerHeight - 5))
    || (rect.height >= 0.85 * innerHeight && rect.width <= 0.25 * innerWidth && (rect.left <= 5 || rect.right >= innerWidth - 5));
  const filled = (node) => length(node.innerText || '') > 0
    || !!node.querySelector('img, iframe, video, canvas, a[href], svg') || getComputedStyle(node).backgroundImage !== 'none'
    || !!node.shadowRoot;
  const wholePage = (node) => pageLength - length((node.innerText || '').slice(0, 20000)) < 20
    && ![...document.images].slice(0, 200).some(image => !node.contains(image) && share(image.getBoundingClientRect()) > 0.1);
  const isLayer = (node) => {
    if (node === document.body || node === document.documentElement) return false;
    const style = getComputedStyle(node);
    if (!['fixed', 'absolute', 'sticky'].includes(style.position) && !modal(node)) return false;
    const rect = node.getBoundingClientRect();
    const part = share(rect);
    if (part < 0.03 || bar(rect) || opacityOf(node) < 0.1 || !filled(node)) return false;
    if (part >= 0.85 && !modal(node) && wholePage(node)) return false;
    if (style.position === 'fixed' || modal(node)) return true;
    return part >= 0.3 && +style.zIndex >= 100 && !!closeMark(node, []);
  };
  const pathOf = (element) => {
    const parts = [];
    for (let node = element; node && node.nodeType === 1; node = node.parentNode) {
      const name = node.nodeName.toLowerCase();
      const same = node.parentNode ? [...node.parentNode.children].filter(n => n.nodeName.toLowerCase() === name) : [];
      parts.unshift(same.length > 1 ? `${name}[${same.indexOf(node) + 1}]` : name);
    }
    return '/' + parts.join('/');
  };
  const layers = () => {
    const found = [];
    for (let i = 0; i < GRID * GRID; i++) {
      const x = (i % GRID + 0.5) * innerWidth / GRID, y = (Math.floor(i / GRID) + 0.5) * innerHeight / GRID;
      let outer = null;
      for (let node = pierced(x, y), n = 0; node && n < 100; node = parentOf(node), n++)
        if (!found.includes(node) && isLayer(node)) outer = node;
        else if (found.includes(node)) { outer = null; break; }
      if (outer) found.push(outer);
    }
    return found.filter(node => !found.some(other => other !== node && other.contains(node)));
  };
  const told = (node) => {
    const rect = node.getBoundingClientRect();
    const hosts = new Set();
    for (const link of [...node.querySelectorAll('a[href], area[href]')].slice(0, 60))
      if (/^https?:$/.test(link.protocol) && link.host !== location.host) hosts.add(link.host.slice(0, 100));
    const frames = [...node.querySelectorAll('iframe')].slice(0, 5).map(frame => {
      const at = frame.getBoundingClientRect();
      return {path: pathOf(frame), left: at.left + frame.clientLeft, top: at.top + frame.clientTop};
    });
    return {
      text: (node.innerText || '').trim().slice(0, 1000),
      box: [rect.left + scrollX, rect.top + scrollY, rect.width, rect.height].map(Math.round),
      mark: closeMark(node, node.parentElement ? [...node.parentElement.children].slice(0, 40) : []),
      timer: countdown(node), hosts: [...hosts].slice(0, 10), frames,
    };
  };
"""

#: Every layer as `{text, box, mark, timer, hosts, frames}`, at most the given number; remembered for `LAYER`.
LAYERS = (
    f"(most) => {{{_MARKS}{_FIND}"
    r"""
  globalThis.finadwatchLayers = layers().slice(0, most);
  return globalThis.finadwatchLayers.map(told);
}"""
)

#: One of the layers found before, as it is now; null once it is gone.
LAYER = (
    f"(index) => {{{_MARKS}{_FIND}"
    r"""
  const node = globalThis.finadwatchLayers?.[index];
  if (!node || !node.isConnected || !node.checkVisibility({visibilityProperty: true})) return null;
  const rect = node.getBoundingClientRect();
  if (share(rect) < 0.01 || opacityOf(node) < 0.1) return null;
  return told(node);
}"""
)

#: The close mark and the timer of a frame's document that fills a layer.
FRAME_MARK = (
    f"() => {{{_MARKS}"
    r"""
  return document.body ? {mark: closeMark(document.body, []), timer: countdown(document.body)} : null;
}"""
)
