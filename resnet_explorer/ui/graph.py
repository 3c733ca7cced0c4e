"""A drawing that is zoomed with the wheel, dragged, walked through by keyboard and clicked.

The SVG must be one that this project drew: it is put into the page as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from resnet_explorer.diagram import Direction
from resnet_explorer.graph_svg import Picture
from resnet_explorer.i18n import t

_HTML: Final = """
<div class="graph">
  <div class="bar"><span class="legend"></span><span class="tools" role="toolbar"></span></div>
  <div class="view" tabindex="0" role="application"></div>
</div>
"""

_CSS: Final = """
.graph { container-type: inline-size; color: var(--st-text-color); font-family: var(--st-font); }
.view {
  height: clamp(380px, 66vh, 900px); overflow: hidden; cursor: grab; touch-action: none;
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius, 0.7rem);
}
.view:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
.view.far text { display: none; }
.view.moving { cursor: grabbing; }
.view svg { display: block; width: 100%; height: 100%; color: var(--st-text-color); user-select: none; }
.view [data-part] { cursor: pointer; outline: none; }
.node:hover > rect:first-of-type, .node:hover > circle { fill-opacity: 0.4; }
.line:hover, .shortcut:hover > .touch { stroke: var(--st-text-color); stroke-opacity: 0.2; }
.frame:hover > rect { stroke-opacity: 1; }
.node.picked > rect:first-of-type, .node.picked > circle, .frame.picked > rect {
  stroke: var(--st-text-color); stroke-width: 4; stroke-opacity: 1;
}
.line.picked, .shortcut.picked > .touch { stroke: var(--st-text-color); stroke-opacity: 0.35; }
.node:focus-visible > rect:first-of-type, .node:focus-visible > circle {
  stroke: var(--st-primary-color); stroke-width: 4; fill-opacity: 0.4;
}
.line:focus-visible, .shortcut:focus-visible > .touch {
  stroke: var(--st-primary-color); stroke-opacity: 0.55;
}
.bar { display: flex; align-items: center; justify-content: space-between; gap: 12px; padding-bottom: 8px; }
@container (max-width: 560px) { .bar { min-height: 64px; } }
.legend { flex: 1; display: flex; flex-wrap: wrap; gap: 0.2rem 2rem; font-size: 1rem; }
.legend span { white-space: nowrap; }
.legend svg { width: 58px; height: 10px; vertical-align: middle; margin-right: 0.6rem; }
.tools { display: flex; gap: 6px; }
.tools button {
  min-width: 40px; height: 40px; padding: 0 10px; font: 600 18px var(--st-font); line-height: 1;
  color: var(--st-text-color); background: var(--st-secondary-background-color);
  border: 1px solid var(--st-border-color); border-radius: 8px; cursor: pointer;
}
.tools button:hover { border-color: var(--st-primary-color); color: var(--st-primary-color); }
.tools button:focus-visible { outline: 3px solid var(--st-primary-color); }
.graph:fullscreen { background: var(--st-background-color); padding: 16px; }
.graph:fullscreen .view { height: calc(100vh - 88px) !important; }
"""

# The view is the SVG's viewBox, so lines and text stay sharp at every scale. `scale` and `corner` say
# what of the picture is seen. They outlive the reruns of the page; when the picture changes, what was
# marked in it stays where it was on the screen. What is marked from outside, by a search, is brought
# into view; what was clicked is there already. Only the box that has the keyboard's focus gets a role
# and a label: in a network of thousands of layers, all of them would weigh more than the picture.
# From afar, where text would be a pixel high, it is left out: it is most of the work of painting.
_JS: Final = """
const LEAST = 0.04, MOST = 5, READABLE = 0.7, OVERVIEW = 0.3, LEGIBLE = 0.28, LARGEST_START = 1.3;
const FULL_SCREEN = '<svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" ' +
  'stroke-width="2"><path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4"/></svg>';
const graphs = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let graph = graphs.get(parentElement);
  if (!graph) graphs.set(parentElement, (graph = new Graph(parentElement)));
  graph.tell = setTriggerValue;
  graph.show(data);
  return () => { graph.close(); graphs.delete(parentElement); };
}

function middle(part) {
  const box = part.getBBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

class Graph {
  constructor(root) {
    this.frame = root.querySelector(".graph");
    this.view = root.querySelector(".view");
    this.tools = root.querySelector(".tools");
    this.listen();
    this.watcher = new ResizeObserver(() => this.resized());
    this.watcher.observe(this.view);
  }

  show(data) {
    this.across = data.direction === "LR";
    if (data.svg !== this.drawn) this.replace(data);
    if (data.picked === this.marked) return;
    this.mark(data.picked);
    const part = this.part(data.picked);
    if (part) this.reveal(part, READABLE);
  }

  replace(data) {
    const began = performance.now(), focused = this.focused();
    const held = data.network === this.network && this.place(this.marked);
    this.drawn = data.svg;
    this.network = data.network;
    this.size = [data.width, data.height];
    this.view.classList.add("far");
    this.view.innerHTML = data.svg;
    this.view.setAttribute("aria-label", data.label);
    this.svg = this.view.querySelector("svg");
    this.origin = this.svg.getAttribute("viewBox").split(" ").slice(0, 2).map(Number);
    this.label(data.words);
    this.explain(data.legend);
    const anchor = held && this.part(data.picked);
    if (anchor) this.hold(anchor, held); else this.start();
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

  label(words) {
    const actions = { "+": () => this.zoom(1.3), "−": () => this.zoom(1 / 1.3), fit: () => this.fit(),
                      full: () => this.full() };
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
    this.frame.querySelector(".legend").replaceChildren(...legend.map(([dashes, text]) => {
      const entry = document.createElement("span");
      if (dashes !== null) entry.innerHTML =
        `<svg><path d="M1 5H57" stroke="currentColor" stroke-width="3" stroke-dasharray="${dashes}"/></svg>`;
      entry.append(text);
      return entry;
    }));
  }

  // --- what is seen ---

  shape() { return [this.view.clientWidth || 1, this.view.clientHeight || 1]; }

  start() {
    const [width, height] = this.size;
    const [w, h] = this.shape();
    const all = Math.min(w / width, h / height, LARGEST_START);
    // What is too small to read as a whole starts where the data comes in, as large as its side fits.
    const filled = Math.max(Math.min(Math.max(w / width, h / height), 1), READABLE);
    if (all >= READABLE || all < OVERVIEW && filled === READABLE) return this.fit();
    this.touched = true;
    this.scale = filled;
    const spare = Math.max(0, (w / filled - width) / 2);
    this.corner = [this.origin[0] - spare, this.origin[1]];
    this.draw();
  }

  fit() {
    const [width, height] = this.size, [w, h] = this.shape();
    this.touched = false;
    this.scale = Math.min(w / width, h / height, LARGEST_START);
    const spare = [w / this.scale - width, h / this.scale - height];
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
      this.view.classList.toggle("far", this.scale < LEGIBLE);
      const box = [...this.corner, w / this.scale, h / this.scale];
      this.svg.setAttribute("viewBox", box.map((n) => n.toFixed(2)).join(" "));
      this.view.dataset.scale = this.scale.toFixed(3);
    });
  }

  // --- hands ---

  listen() {
    const view = this.view;
    this.onWheel = (event) => {
      event.preventDefault();
      const frame = view.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY * 0.0015), [event.clientX - frame.left, event.clientY - frame.top]);
    };
    view.addEventListener("wheel", this.onWheel, { passive: false });
    let from = null, moved = false;
    view.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = [event.clientX, event.clientY];
      moved = false;
    });
    view.addEventListener("pointermove", (event) => {
      if (!from) return;
      const dx = event.clientX - from[0], dy = event.clientY - from[1];
      if (!moved && Math.hypot(dx, dy) < 4) return;
      if (!moved) view.setPointerCapture(event.pointerId);
      moved = true;
      view.classList.add("moving");
      from = [event.clientX, event.clientY];
      this.move(dx, dy);
    });
    const release = () => { from = null; view.classList.remove("moving"); };
    view.addEventListener("pointerup", release);
    view.addEventListener("pointercancel", release);
    view.addEventListener("click", (event) => {
      const part = event.target.closest?.("[data-part]");
      if (!moved && part) this.pick(part);
    });
    view.addEventListener("dblclick", (event) => {
      const part = event.target.closest?.("[data-part]");
      if (!moved && part) this.tell("toggled", part.dataset.part);
    });
    view.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const act = this.keys()[(event.shiftKey && event.key.startsWith("Arrow") ? "Shift+" : "") + event.key];
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    });
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
    if (kind === "line") return this.part(`${name}~in`) || part;
    return this.svg.querySelector(`.node[data-part="${CSS.escape(name)}"]`) ||
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
    this.part(name)?.classList.add("picked");
  }

  close() { this.watcher.disconnect(); }
}
"""

_component = st.components.v2.component("resnet_explorer_graph", html=_HTML, css=_CSS, js=_JS)


def graph_view(
    picture: Picture,
    *,
    key: str,
    network: str,
    direction: Direction,
    label: str,
    legend: Sequence[tuple[str | None, str]],
    on_pick: Callable[[str], None],
    on_toggle: Callable[[str], None],
    picked: str | None = None,
) -> None:
    """Show a picture that is zoomed, panned, walked through and clicked.

    Args:
        picture: the drawing; what can be clicked in it has a `data-part`.
        key: the component's key.
        network: what is drawn; the view starts anew when it changes.
        direction: along which the arrow keys go from box to box.
        label: what screen readers call it.
        legend: a stroke-dasharray (None for no line) and what it means, per kind of line.
        on_pick: called with the part that was clicked, or "" when the mark was taken away.
        on_toggle: called with the part that was double-clicked: to unfold, or to fold, its stage.
        picked: the part that is marked, and brought into view if it was not clicked there.
    """

    def told(what: str, act: Callable[[str], None]) -> Callable[[], None]:
        def tell() -> None:
            part = st.session_state[key].get(what)
            if part is not None:
                act(part)

        return tell

    words = {
        "+": t("Larger (key +)"),
        "−": t("Smaller (key −)"),
        "fit": t("See all of it (key 0)"),
        "fit_sign": t("fit"),
        "full": t("Full screen"),
    }
    data = {
        "svg": picture.svg,
        "network": network,
        "direction": direction,
        "width": picture.width,
        "height": picture.height,
        "label": label,
        "legend": [list(entry) for entry in legend],
        "picked": picked,
        "words": words,
    }
    _component(
        key=key,
        data=data,
        on_picked_change=told("picked", on_pick),
        on_toggled_change=told("toggled", on_toggle),
    )
