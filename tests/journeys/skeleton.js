// What axe's verdict on this page can depend on, as one text; null where that cannot be told. See looking.py.
() => {
  const WORDS = new Set(["title", "alt", "placeholder", "aria-label", "aria-description", "aria-roledescription",
    "aria-valuetext", "aria-placeholder", "label", "summary", "abbr", "content"]);
  const IDS = new Set(["id", "for", "headers", "list", "form", "name", "href", "src", "action", "formaction",
    "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details", "aria-errormessage",
    "aria-activedescendant", "aria-flowto"]);
  const STYLE = ["display", "visibility", "opacity", "color", "background-color", "background-image", "font-size",
    "font-weight", "text-decoration-line", "text-indent", "text-shadow", "position", "overflow-x", "overflow-y",
    "clip", "clip-path", "pointer-events"];
  const BORDER = ["border-bottom-style", "border-bottom-color"]; // may set a link off from the words round it
  // A rule compares these with all others of the page, so rows that hold one are all kept.
  const UNIQUE = "[role], [aria-label], [aria-labelledby], [accesskey], nav, aside, main, header, footer";
  const CONTENT = new Set(["viewport", "refresh"]); // metas whose very words are judged
  const OURS = /^(data-|hx-|datetime$|nonce$)/;
  const all = [...document.querySelectorAll("*")];
  if (all.some(e => e.shadowRoot || /^i?frame$|^object$/i.test(e.tagName))) return null;

  const often = new Map();
  for (const e of all) if (e.id) often.set(e.id, (often.get(e.id) || 0) + 1);
  const numbers = new Map();
  const number = (kind, value) => {
    const key = kind + value;
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key);
  };
  const kind = text => {
    text = text.trim();
    return !text ? "" : !/[\p{L}\p{N}]/u.test(text) ? "signs" : [...text].length === 1 ? "one" : "words";
  };
  const told = text => Math.min(often.get(text) || 0, 2);

  // Of an attribute: what is kept as it is, and what is only compared with others of the page.
  const attribute = (e, {name, value}) => {
    if (name === "value") return [name, kind(value), e.tagName === "OPTION" || /button|submit|reset/.test(e.type) ? ["w" + value] : []];
    if (WORDS.has(name) && !(name === "content" && CONTENT.has(e.name || e.httpEquiv)))
      return [name, kind(value), ["w" + value.trim().toLowerCase()]];
    if (name === "lang" || name === "hreflang")
      return [name, !/^(en|fr)$/.test(value) ? value : value === document.documentElement.lang ? "own" : "other", []];
    if (IDS.has(name)) {
      const ids = value.trim().split(/\s+/).map(id => id.replace(/^#/, ""));
      return [name, [value.replace(/[^#:/?]+/g, "").slice(0, 1), ...ids.map(told)].join(), ids.map(id => "i" + id)];
    }
    return [name, OURS.test(name) ? "" : value, []]; // what only our scripts read, and, by its style, our style sheet
  };

  const boxes = new Map(), pressed = [], spoken = [], afloat = new Set();
  const own = new Map(), compared = new Map();
  for (const e of all) {
    const style = getComputedStyle(e);
    const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY)
      && (e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight);
    const attributes = [...e.attributes].map(a => attribute(e, a)).sort((a, b) => a[0] < b[0] ? -1 : 1);
    const state = [scrolls, e.checked, e.indeterminate, e.disabled, e.matches(":focus"), "value" in e && e.value !== ""];
    own.set(e, JSON.stringify([
      e.tagName, attributes.map(a => a.slice(0, 2)), state.map(Number), (e.matches("a") ? [...STYLE, ...BORDER] : STYLE).map(p => style.getPropertyValue(p)),
    ]));
    compared.set(e, attributes.flatMap(a => a[2]));
    const box = e.getBoundingClientRect();
    if (!box.width || !box.height || !e.checkVisibility({visibilityProperty: true})) continue;
    boxes.set(e, box);
    if (e.matches("a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1']), [contenteditable]")) pressed.push(e);
    if (afloat.has(e.parentElement) || /absolute|fixed|sticky/.test(style.position)) afloat.add(e);
    if ([...e.childNodes].some(n => n.nodeType === 3 && kind(n.data))) spoken.push(e);
  }

  // Each element with what it holds, words and ids left out; equal ones are rows of one list.
  const whole = new Map();
  const weigh = e => {
    const parts = [...e.childNodes].map(n => n.nodeType === 1 ? weigh(n) : n.nodeType === 3 ? `"${kind(n.data)}"` : "");
    const text = own.get(e) + "<" + parts.join() + ">";
    whole.set(e, text);
    return text;
  };
  weigh(document.documentElement);

  const out = [];
  const write = e => {
    out.push(own.get(e), compared.get(e).map(one => number("", one)).join(), "<");
    let before = null, run = 0;
    for (const n of e.childNodes) {
      if (n.nodeType === 3 && kind(n.data)) out.push(`"${kind(n.data)}${number("w", n.data.trim().toLowerCase())}"`);
      if (n.nodeType === 3 && kind(n.data)) before = null;
      if (n.nodeType !== 1) continue;
      run = whole.get(n) === before ? run + 1 : 1;
      before = whole.get(n);
      if (run <= 2 || n.matches(UNIQUE) || n.querySelector(UNIQUE)) write(n);
    }
    out.push(">");
  };
  write(document.documentElement);

  // Where things lie, as far as a rule looks at it.
  const LEAST = 24;
  const meet = (a, b, room = 0) => a.left < b.right + room && b.left < a.right + room && a.top < b.bottom + room && b.top < a.bottom + room;
  const strange = (a, b) => !a.contains(b) && !b.contains(a);
  // Whether what the others leave of a box is large enough, wherever they lie above it, or nothing at all.
  const enough = (box, others) => {
    if (others.some(o => o.left <= box.left && o.right >= box.right && o.top <= box.top && o.bottom >= box.bottom)) return true;
    const left = Math.min(...others.map(o => o.left)) - box.left, right = box.right - Math.max(...others.map(o => o.right));
    const above = Math.min(...others.map(o => o.top)) - box.top, below = box.bottom - Math.max(...others.map(o => o.bottom));
    return Math.max(left, right, above, below) >= LEAST;
  };
  const lie = [];
  for (const e of pressed) {
    const box = boxes.get(e), small = box.width < LEAST || box.height < LEAST;
    const near = pressed.filter(o => strange(e, o) && meet(box, boxes.get(o), small ? LEAST : 0)).map(o => [own.get(o), boxes.get(o)]);
    if (!near.length || (!small && enough(box, near.map(o => o[1])))) continue;
    const places = near.map(([what, o]) => [what, ...[o.left - box.left, o.top - box.top, o.width, o.height].map(Math.round)]);
    lie.push([own.get(e), Math.round(box.width), Math.round(box.height), places]);
  }
  for (const e of afloat) {
    const colour = getComputedStyle(e), box = boxes.get(e);
    const clear = colour.backgroundImage === "none" && /, 0\)$/.test(colour.backgroundColor);
    const dense = colour.backgroundImage === "none" && /^rgb\(/.test(colour.backgroundColor) && colour.opacity === "1";
    if (clear) continue;
    for (const other of spoken) {
      if (!strange(e, other) || !meet(box, boxes.get(other))) continue;
      const there = boxes.get(other);
      const top = document.elementFromPoint(
        (Math.max(box.left, there.left) + Math.min(box.right, there.right)) / 2,
        (Math.max(box.top, there.top) + Math.min(box.bottom, there.bottom)) / 2);
      if (!dense || !(top && e.contains(top))) lie.push([own.get(e), own.get(other)]); // else it hides the words
    }
  }
  const double = [...often.values()].filter(n => n > 1).length;
  return out.join("") + "\n" + [...new Set(lie.map(one => JSON.stringify(one)))].sort().join() + "\n" + double;
}
