// As much of a page as our scripts touch, for Node: parts, focus, listeners. Nothing is drawn, and of what a
// browser of 2023 had, no more than that: no ARIA attribute is a property.
const COMPOUND = /[.#]?[\w-]+|\[[\w-]+(?:="[^"]*"|=[\w-]+)?\]|:focus/g;

export class Part extends EventTarget {
  constructor(tag, look = "") {
    super();
    Object.assign(this, { tag, className: look, children: [], attributes: {}, style: { setProperty() {} } });
    this.dataset = new Proxy(this.attributes, {
      get: (all, name) => all[`data-${name}`],
      set: (all, name, value) => { all[`data-${name}`] = String(value); return true; },
      deleteProperty: (all, name) => delete all[`data-${name}`],
    });
    this.clientWidth = this.clientHeight = 400;
    const names = () => new Set(this.className.split(" ").filter(Boolean));
    const keep = (all) => { this.className = [...all].join(" "); };
    this.classList = {
      contains: (name) => names().has(name),
      add: (name) => keep(names().add(name)),
      remove: (name) => { const all = names(); all.delete(name); keep(all); },
      toggle: (name, on = !names().has(name)) => this.classList[on ? "add" : "remove"](name),
    };
  }

  setAttribute(name, value) { this.attributes[name] = String(value); }
  getAttribute(name) { return this.attributes[name] ?? null; }
  removeAttribute(name) { delete this.attributes[name]; }

  get textContent() { return this.children.map((part) => part.textContent ?? part).join(""); }
  set textContent(words) { this.replaceChildren(words); }
  set innerHTML(markup) { this.replaceChildren(...(markup.startsWith("<svg") ? [svg()] : [markup])); }

  append(...parts) {
    for (const part of parts) if (part instanceof Part) part.parent = this;
    this.children.push(...parts);
  }
  prepend(...parts) {
    const before = this.children.splice(0);
    this.append(...parts, ...before);
  }
  replaceChildren(...parts) {
    for (const part of this.children.splice(0)) if (part instanceof Part) part.parent = null;
    this.append(...parts);
  }
  remove() {
    this.parent?.children.splice(this.parent.children.indexOf(this), 1);
    this.parent = null;
  }

  get isSeen() { return this === document.body || Boolean(!this.hidden && this.parent?.isSeen); }
  focus() { document.held = this; }
  contains(part) { return part === this || this.children.some((child) => child instanceof Part && child.contains(part)); }
  getRootNode() { return document; }
  setPointerCapture() {}
  getBoundingClientRect() { return { left: 0, top: 0, width: 400, height: 400 }; }

  matches(selectors) {
    return selectors.split(", ").some((selector) => this.matchesOne(selector));
  }
  matchesOne(selector) {
    const words = selector.match(COMPOUND);
    if (words?.join("") !== selector) throw new Error(`no such selector here: ${selector}`);
    return words.every((word) => {
      if (word === ":focus") return document.activeElement === this;
      if (word[0] === ".") return this.classList.contains(word.slice(1));
      if (word[0] !== "[") return this.tag === word;
      const [, name, value] = /\[([\w-]+)(?:="?(.*?)"?)?\]/.exec(word);
      return name in this.attributes && (value === undefined || this.attributes[name] === value);
    });
  }
  closest(selector) { return this.matches(selector) ? this : this.parent?.closest(selector) ?? null; }
  querySelectorAll(selector) {
    const parts = this.children.filter((child) => child instanceof Part);
    return parts.flatMap((part) => [...(part.matches(selector) ? [part] : []), ...part.querySelectorAll(selector)]);
  }
  querySelector(selector) { return this.querySelectorAll(selector)[0] ?? null; }
}

function svg() {
  const made = new Part("svg");
  made.setAttribute("viewBox", "0 0 10 10");
  return made;
}

/** A part of the page's body with these parts in it. */
export function place(...parts) {
  const made = new Part("div");
  made.append(...parts);
  document.body.append(made);
  return made;
}

/** An event with what it carries, told to one who listens. */
export function send(target, kind, carried = {}) {
  target.dispatchEvent(Object.assign(new Event(kind, { cancelable: true }), carried));
}

class Files {
  files = [];
  items = { add: (file) => this.files.push(file) };
}

globalThis.document = Object.assign(new EventTarget(), {
  body: new Part("body"),
  documentElement: new Part("html"),
  createElement: (tag) => new Part(tag),
  querySelector: (selector) => document.body.querySelector(selector),
});
// What is taken away or hidden has the focus no more.
Object.defineProperty(document, "activeElement", {
  get: () => (document.held?.isSeen ? document.held : document.body),
});
Object.assign(globalThis, {
  window: globalThis,
  CSS: { escape: (text) => text },
  DataTransfer: Files,
  ResizeObserver: class { observe() {} disconnect() {} },
  requestAnimationFrame: (act) => setTimeout(act),
  addEventListener: document.addEventListener.bind(document),
});
