"""The few lines of JavaScript that run beside a captured page. They read; they never change the DOM."""

#: The document as text, or null if it has more than the given number of UTF-16 units.
DOCUMENT = """(most) => {
  const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) : '';
  const text = type + (document.documentElement ? document.documentElement.outerHTML : '');
  return text.length > most ? null : text;
}"""

#: The page's title, cut to the given number of UTF-16 units.
TITLE = "(most) => document.title.slice(0, most)"

#: What a reader sees, cut to the given number of UTF-16 units.
VISIBLE_TEXT = """(most) => {
  const body = document.body;
  return body ? String(body.innerText || '').slice(0, most) : '';
}"""

#: Addresses of links that call or write to somebody.
LINKS = """() => [...document.querySelectorAll('a[href^="tel:" i], a[href^="mailto:" i]')]
  .slice(0, 100).map(a => a.getAttribute('href').slice(0, 200))"""


def instant(drawn: str) -> str:
    """What a document is at one instant: its text as `DOCUMENT` (null alone where that is null), title,
    visible text, drawn pieces, contact links. The function takes the most characters of document, text and title, and the most
    pieces.

    `drawn` is the function that reads the pieces of drawn text.
    """
    return f"""(mostHtml, mostText, mostTitle, mostRuns) => {{
  const html = ({DOCUMENT})(mostHtml);
  if (html === null) return null;
  return [html, ({TITLE})(mostTitle), ({VISIBLE_TEXT})(mostText), ({drawn})(mostRuns), ({LINKS})()];
}}"""


#: Width and height of the whole page in CSS pixels, once its fonts are there or the given milliseconds are over.
EXTENT = """async (most) => {
  await Promise.race([document.fonts.ready, new Promise(done => setTimeout(done, most))]);
  const root = document.documentElement, body = document.body || root;
  return [Math.max(root.scrollWidth, root.clientWidth),
          Math.max(root.scrollHeight, body.scrollHeight, root.clientHeight)];
}"""

#: How far the page is scrolled, in CSS pixels.
SCROLLED = "() => [scrollX, scrollY]"

#: Scrolls down in steps of a screen, at most the given number, so that late pictures load; then brings ad places
#: that are still empty into view one by one and waits a moment for each; and back up. At most the given
#: milliseconds in all.
SCROLL = """async (steps, budget) => {
  const PLACES = 'ins, iframe[isrc], iframe[_src], iframe[data-src], [data-ad-slot], [data-ad-pdps], [adconfig_lview], '
    + '.at_item, [requesturl], [id^="div-gpt-ad"], [data-god-id], [data-lazy], [data-ad]';
  const MOST = 60, EACH = 300;
  const end = performance.now() + budget;
  const late = () => performance.now() > end;
  const pause = (ms) => new Promise(done => setTimeout(done, ms));
  const empty = (place) => place.nodeName === 'IFRAME' ? !place.getAttribute('src') : place.childElementCount === 0;
  for (let i = 1; i <= steps && i * innerHeight < document.documentElement.scrollHeight && !late(); i++) {
    scrollTo(0, i * innerHeight);
    await pause(60);
  }
  for (const place of [...document.querySelectorAll(PLACES)].slice(0, MOST)) {
    if (late()) break;
    if (!empty(place) || (place.checkVisibility && !place.checkVisibility())) continue;
    place.scrollIntoView({block: 'center'});
    const given = performance.now() + EACH;
    do { await pause(50); } while (empty(place) && performance.now() < given && !late());
  }
  scrollTo(0, 0);
}"""

#: Seconds after which the page sends its visitor on by `meta`, or null.
REFRESH = """() => {
  const tag = document.querySelector('meta[http-equiv="refresh" i][content*="url" i]');
  const wait = tag ? parseFloat(tag.content) : NaN;
  return isNaN(wait) ? null : wait;
}"""

#: Of a frame element: its absolute XPath in its document (a number only among several of one name), its
#: width and height in CSS pixels.
OWNER = """(element) => {
  const parts = [];
  for (let node = element; node && node.nodeType === 1; node = node.parentNode) {
    const name = node.nodeName.toLowerCase();
    const same = node.parentNode ? [...node.parentNode.children].filter(n => n.nodeName.toLowerCase() === name) : [];
    parts.unshift(same.length > 1 ? `${name}[${same.indexOf(node) + 1}]` : name);
  }
  const box = element.getBoundingClientRect();
  return ['/' + parts.join('/'), box.width, box.height];
}"""
