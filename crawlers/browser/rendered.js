// The pieces of text of a document as they are drawn, in the order of the document; built on drawn.js.
// Answer: [text, size in px, contrast or null, visible, x, y, width, height, number of its block], page coordinates.
const MOST_TEXT = 400;
const SKIP = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'TEXTAREA', 'OPTION']);
if (!page || !document.body) return [];
let blocks = 0;
const block = inherited(0, (above, e) => /^(inline|contents|ruby)/.test(style(e).display) ? above : ++blocks);
const texts = [];
const roots = [document.body];
for (let seen = 0; roots.length && seen < MOST_NODES;) {
  const walker = document.createTreeWalker(roots.shift(), NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
    node => node.nodeType === 1 && SKIP.has(node.tagName) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  for (let node = walker.nextNode(); node && ++seen < MOST_NODES; node = walker.nextNode()) {
    if (node.nodeType === 1) {
      if (node.shadowRoot) roots.push(node.shadowRoot);
    } else if (texts.length < mostRuns && node.data.trim()) texts.push(node);
  }
}
const range = document.createRange();
const runs = [];
go(0, 0);
for (const node of texts) {
  const e = node.parentElement || (node.parentNode && node.parentNode.host);
  if (!e) continue;
  const place = () => { range.selectNodeContents(node); return range.getClientRects(); };
  const {size, contrast, visible, box} = drawnAs(e, place);
  const text = node.data.replace(/\s+/g, ' ').trim().slice(0, MOST_TEXT);
  runs.push([text, size, contrast, visible, ...(box || [0, 0, 0, 0]), block(e)]);
}
home();
return runs;
