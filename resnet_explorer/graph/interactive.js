// The view is the SVG's viewBox, so lines and text stay sharp at every scale. `scale` and `corner` say
// what of the picture is seen. They outlive the reruns of the page; when the picture changes, what was
// marked in it stays where it was on the screen. What is marked from outside, by a search, is brought
// into view; what was clicked is there already. Only the box that has the keyboard's focus gets a role
// and a label: in a network of thousands of layers, all of them would weigh more than the picture.
// From afar, where text would be a few pixels high, it is left out: it is most of the work of painting.
// A picture that cannot be read as a whole begins without words, but for those of its stages.
// The wheel belongs to the page until the graph is in use: clicked, or focused.
const LEAST = 0.04, MOST = 5, READABLE = 0.8, LEGIBLE = 0.5, LARGE = 0.77, LARGEST_START = 1.2;
const PHONE = 640; // pixels' width of what is smaller than any projector
const BAR = 44; // pixels at the foot of the view, where legend and tools float
const FULL_SCREEN = '<svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" ' +
  'stroke-width="2"><path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4"/></svg>';
const graphs = new WeakMap();

export default function graphView({ data, parentElement, setTriggerValue }) {
  let graph = graphs.get(parentElement);
  if (!graph) graphs.set(parentElement, (graph = new Graph(parentElement)));
  graph.tell = setTriggerValue;
  graph.show(data);
  // Streamlit lets go of a drawing, too, that was overtaken by the next one before the script was loaded.
  const drawing = (graph.drawing = {});
  return () => {
    if (graph.drawing !== drawing) return;
    graph.close();
    graphs.delete(parentElement);
  };
}

function middle(part) {
  const box = part.getBBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

class Graph {
  constructor(root) {
    for (const name of ["graph", "view", "legend", "tools", "panel", "note"])
      this[name === "graph" ? "frame" : name] = root.querySelector(`.${name}`);
    this.closing = new AbortController();
    this.listen(this.closing.signal);
    this.watcher = new ResizeObserver(() => this.resized());
    this.watcher.observe(this.view);
  }

  show(data) {
    this.across = data.direction === "LR";
    this.words = data.words;
    if (data.svg !== this.drawn) this.replace(data);
    if (data.picked !== this.marked) {
      this.mark(data.picked);
      const part = this.part(data.picked);
      if (part) this.reveal(part, READABLE);
    }
    this.help = data.help;
    if (data.record || !this.helping) this.tellOf(data.record);
  }

  replace(data) {
    const began = performance.now(), focused = this.focused();
    const held = data.network === this.network && this.place(this.marked);
    this.drawn = data.svg;
    this.network = data.network;
    this.size = [data.width, data.height];
    this.hasWords = data.has_words ?? true;
    this.view.classList.add("far");
    this.view.innerHTML = data.svg;
    this.view.setAttribute("aria-label", data.label);
    this.svg = this.view.querySelector("svg");
    this.origin = this.svg.getAttribute("viewBox").split(" ").slice(0, 2).map(Number);
    this.label(data.words, data.help);
    this.explain(data.legend);
    const anchor = held && this.part(data.picked);
    if (anchor) this.hold(anchor, held); else this.fit();
    this.marked = anchor ? data.picked : null;
    this.mark(this.marked);
    if (focused) (this.focus(this.part(data.picked)) || this.view.focus({ preventScroll: true }));
    requestAnimationFrame(() => requestAnimationFrame(() => {
      this.view.dataset.painted = String(Math.round(performance.now() - began));
    }));
  }

  part(name) { return name && this.svg ? this.svg.querySelector(`[data-part="${CSS.escape(name)}"]`) : null; }

  // --- where a part is ---

  place(name) {
    const part = this.part(name);
    if (!part) return null;
    return middle(part).map((at, n) => (at - this.corner[n]) * this.scale);
  }

  hold(part, at) {
    this.corner = middle(part).map((where, n) => where - at[n] / this.scale);
    this.touched = true;
    this.draw();
  }

  reveal(part, least) {
    const box = part.getBBox(), rim = 24, scale = this.scale < least ? 1 : this.scale;
    const spans = [[box.x, box.width], [box.y, box.height]];
    const corner = this.shape().map((room, n) => {
      const [start, length] = spans[n], at = (start - this.corner[n]) * scale;
      const seen = scale === this.scale && at >= rim && at + length * scale <= room - rim;
      return seen ? this.corner[n] : start + (length - room / scale) / 2;
    });
    if (corner.every((at, n) => at === this.corner[n])) return;
    this.touched = true;
    this.scale = scale;
    this.corner = corner;
    this.draw();
  }

  label(words, help) {
    const actions = { "+": () => this.zoom(1.3), "−": () => this.zoom(1 / 1.3), fit: () => this.fit(),
                      full: () => this.full(), ...(help ? { "?": () => this.tellHow() } : {}) };
    const signs = { fit: words.fit_sign, full: FULL_SCREEN };
    this.tools.replaceChildren(...Object.entries(actions).map(([sign, act]) => {
      const button = document.createElement("button");
      button.innerHTML = signs[sign] || sign;
      button.title = words[sign];
      button.setAttribute("aria-label", words[sign]);
      button.addEventListener("click", act);
      return button;
    }));
  }

  explain(legend) {
    this.legend.replaceChildren(...legend.map(([dashes, text]) => {
      const entry = document.createElement("span");
      if (dashes !== null) entry.innerHTML =
        `<svg><path d="M1 5H57" stroke="currentColor" stroke-width="3" stroke-dasharray="${dashes}"/></svg>`;
      entry.append(text);
      return entry;
    }));
  }

  // --- the panel: the record of what is marked, or how the graph is used ---
  // Whoever is in it by keyboard stays on the button of that name, and is in the graph again once it is gone.

  tellOf(record) {
    const held = this.held();
    this.helping = false;
    this.panel.hidden = !record;
    if (record) this.tellAll(record);
    this.keep(held);
  }

  held() { return this.panel.querySelector(":focus")?.className; }

  keep(held) {
    if (!held) return;
    const button = !this.panel.hidden && this.panel.querySelector(`.${held}`);
    (button || this.view).focus({ preventScroll: true });
  }

  tellAll(record) {
    this.fill(record.title, record.facts);
    if (record.fold) this.panel.append(this.button(record.fold, "unfold", () => this.tell("toggled", this.marked)));
    if (record.inside) this.panel.append(this.button(record.inside, "inside", () => this.tell("entered", this.marked)));
    this.panel.classList.toggle("left", this.isUnderPanel(this.part(this.marked)));
  }

  tellHow() {
    const was = this.helping, held = this.held();
    if (this.marked) this.pick(null);
    this.helping = !was;
    this.panel.hidden = was;
    this.panel.classList.remove("left");
    if (!was) this.fill(this.words["?"], this.help);
    this.keep(held);
  }

  fill(title, facts) {
    const heading = document.createElement("h3"), list = document.createElement("ul");
    heading.textContent = title;
    list.append(...facts.map((fact) => Object.assign(document.createElement("li"), { textContent: fact })));
    const close = () => { if (this.helping) this.tellHow(); else this.pick(null); };
    this.panel.replaceChildren(this.button("×", "close", close, this.words.close), heading, list);
  }

  button(text, name, act, label = text) {
    const button = Object.assign(document.createElement("button"), { className: name, textContent: text });
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    return button;
  }

  isUnderPanel(part) {
    if (!part) return false;
    const box = part.getBBox(), end = (box.x + box.width - this.corner[0]) * this.scale;
    return end > this.shape()[0] - this.panel.offsetWidth - 16;
  }

  // --- what is seen ---

  shape() { return [this.view.clientWidth || 1, this.view.clientHeight || 1]; }

  fit() {
    const [width, height] = this.size, [w, all] = this.shape(), h = all - BAR;
    this.touched = false;
    const least = w < PHONE ? READABLE : 0; // there it begins with its first part, and is dragged
    this.scale = Math.min(Math.max(least, Math.min(w / width, h / height)), LARGEST_START);
    const spare = [w / this.scale - width, h / this.scale - height].map((room) => Math.max(0, room));
    this.corner = [this.origin[0] - spare[0] / 2, this.origin[1] - spare[1] / 2];
    this.draw();
  }

  zoom(factor, at) {
    const [w, h] = this.shape(), [x, y] = at || [w / 2, h / 2];
    const scale = Math.min(MOST, Math.max(LEAST, this.scale * factor));
    this.corner = [this.corner[0] + x / this.scale - x / scale, this.corner[1] + y / this.scale - y / scale];
    this.scale = scale;
    this.touched = true;
    this.draw();
  }

  move(dx, dy) {
    this.corner = [this.corner[0] - dx / this.scale, this.corner[1] - dy / this.scale];
    this.touched = true;
    this.draw();
  }

  full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.frame.requestFullscreen?.().then(() => setTimeout(() => this.fit(), 100), () => {});
  }

  resized() {
    if (!this.svg || !this.view.clientWidth) return;
    if (this.touched) this.draw(); else this.fit();
  }

  draw() {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = null;
      const [w, h] = this.shape();
      this.view.classList.toggle("far", this.scale < (this.touched || this.hasWords ? LEGIBLE : LARGE));
      this.view.style.setProperty("--pixel", `${1 / this.scale}px`);
      const box = [...this.corner, w / this.scale, h / this.scale];
      this.svg.setAttribute("viewBox", box.map((n) => n.toFixed(2)).join(" "));
      this.view.dataset.scale = this.scale.toFixed(3);
    });
  }

  // --- hands ---

  listen(signal) {
    const view = this.view, on = (kind, act) => view.addEventListener(kind, act, { passive: false, signal });
    const onUse = (event) => this.use(event.composedPath().includes(this.frame));
    for (const event of ["pointerdown", "focusin"])
      document.addEventListener(event, onUse, { capture: true, signal });
    on("wheel", (event) => {
      if (!this.inUse && !event.ctrlKey && !event.metaKey && !document.fullscreenElement) return this.remark();
      event.preventDefault();
      const frame = view.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY * 0.0015), [event.clientX - frame.left, event.clientY - frame.top]);
    });
    let from = null, moved = false;
    // Of several fingers the first one moves it: each has a place of its own, and it would jump between them.
    const release = (event) => {
      if (!event.isPrimary) return;
      from = null;
      view.classList.remove("moving");
    };
    on("pointerdown", (event) => {
      if (event.button !== 0 || !event.isPrimary) return;
      from = [event.clientX, event.clientY];
      moved = false;
    });
    on("pointermove", (event) => {
      if (!(event.buttons & 1)) release(event); // it was let go outside, before anything had moved
      if (!from || !event.isPrimary) return;
      const dx = event.clientX - from[0], dy = event.clientY - from[1];
      if (!moved && Math.hypot(dx, dy) < 4) return;
      if (!moved) view.setPointerCapture(event.pointerId);
      moved = true;
      view.classList.add("moving");
      from = [event.clientX, event.clientY];
      this.move(dx, dy);
    });
    on("pointerup", release);
    on("pointercancel", release);
    on("click", (event) => {
      const sign = event.target.closest?.("[data-fold]"), part = event.target.closest?.("[data-part]");
      if (!moved && sign) this.tell("toggled", sign.dataset.fold);
      else if (!moved && part) this.pick(part);
    });
    on("dblclick", (event) => {
      const part = event.target.closest?.("[data-part]");
      if (!moved && part) this.tell("toggled", part.dataset.part);
    });
    on("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const act = this.keys()[(event.shiftKey && event.key.startsWith("Arrow") ? "Shift+" : "") + event.key];
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    });
  }

  use(isUsed) {
    this.inUse = isUsed;
    this.frame.classList.toggle("used", isUsed);
  }

  remark() {
    this.note.textContent = this.words.wheel;
    this.note.hidden = false;
    clearTimeout(this.remarked);
    this.remarked = setTimeout(() => { this.note.hidden = true; }, 1500);
  }

  keys() {
    const step = 60, part = this.focused() || this.part(this.marked);
    const arrows = this.across ? ["Right", "Left", "Up", "Down"] : ["Down", "Up", "Left", "Right"];
    const [on, back, over, under] = arrows.map((way) => "Arrow" + way);
    const pick = () => part && this.pick(part);
    return {
      "+": () => this.zoom(1.3), "=": () => this.zoom(1.3), "-": () => this.zoom(1 / 1.3),
      "0": () => this.fit(),
      "Shift+ArrowLeft": () => this.move(step, 0), "Shift+ArrowRight": () => this.move(-step, 0),
      "Shift+ArrowUp": () => this.move(0, step), "Shift+ArrowDown": () => this.move(0, -step),
      [on]: () => this.walk(part, 1), [back]: () => this.walk(part, -1),
      [over]: () => this.focus(this.beside(part, "shortcut")),
      [under]: () => this.focus(this.beside(part, "line")),
      Home: () => this.walk(null, 1), End: () => this.walk(null, -1),
      Enter: pick, " ": pick,
      u: () => part && this.tell("toggled", part.dataset.part),
      ...(this.marked && !document.fullscreenElement ? { Escape: () => this.pick(null) } : {}),
    };
  }

  // --- the keyboard's way: boxes in the order of the data, and the lines beside each ---

  focused() {
    const part = this.view.getRootNode().activeElement;
    return part?.dataset?.part && this.view.contains(part) ? part : null;
  }

  walk(part, step) {
    const boxes = [...this.svg.querySelectorAll(".node")];
    const box = part && this.beside(part, "node");
    const at = box ? boxes.indexOf(box) + step : step > 0 ? 0 : boxes.length - 1;
    this.focus(boxes[Math.max(0, Math.min(boxes.length - 1, at))]);
  }

  beside(part, kind) {
    if (!part || part.classList.contains(kind)) return part;
    const name = part.dataset.part.replace(/~.*$/, "");
    if (!part.classList.contains("node") && kind !== "node") return this.beside(part, "node");
    if (kind === "shortcut") return part.closest(".cell").querySelector(".shortcut") || part;
    const network = part.closest(".network"), key = CSS.escape(name);
    if (kind === "line") return network.querySelector(`[data-part="${key}~in"]`) || part;
    return network.querySelector(`.node[data-part="${key}"]`) ||
      part.closest(".cell")?.querySelector(".node") || part;
  }

  focus(part) {
    if (!part) return null;
    const before = this.focused();
    if (before && before !== part) before.removeAttribute("tabindex");
    part.setAttribute("tabindex", "-1");
    part.setAttribute("role", "button");
    part.setAttribute("aria-label", part.querySelector("title").textContent);
    part.focus({ preventScroll: true });
    this.reveal(part, 0);
    return part;
  }

  pick(part) {
    const name = part ? part.dataset.part : "";
    this.mark(name);
    this.tell("picked", name);
  }

  mark(name) {
    this.marked = name || null;
    this.view.querySelectorAll(".picked").forEach((part) => part.classList.remove("picked"));
    if (name) for (const part of this.svg.querySelectorAll(`[data-part="${CSS.escape(name)}"]`)) part.classList.add("picked");
  }

  close() {
    this.watcher.disconnect();
    this.closing.abort();
  }
}
