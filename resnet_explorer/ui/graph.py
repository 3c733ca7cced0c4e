"""A drawing that is zoomed with the wheel, dragged, stepped by keyboard and clicked.

The SVG must be one that this project drew: it is put into the page as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

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
  height: 420px; overflow: hidden; cursor: grab; touch-action: none;
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius, 0.7rem);
}
.view:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
.view.far text { display: none; }
.view.moving { cursor: grabbing; }
.view svg { display: block; width: 100%; height: 100%; color: var(--st-text-color); user-select: none; }
.node:hover > rect, .node:hover > circle { fill-opacity: 0.4; }
.node.picked > rect, .node.picked > circle { stroke: var(--st-text-color); stroke-width: 4; }
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

# The view is the SVG's viewBox, so lines and text stay sharp at every scale. `box` is what of the
# picture is seen; it outlives the reruns of the page and starts anew when the picture changes.
# From afar, where text would be a pixel high, it is left out: it is most of the work of painting.
_JS: Final = """
const LEAST = 0.04, MOST = 5, READABLE = 0.7, OVERVIEW = 0.3, LEGIBLE = 0.28, LARGEST_START = 1.3;
const FULL_SCREEN = '<svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" ' +
  'stroke-width="2"><path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4"/></svg>';
const graphs = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let graph = graphs.get(parentElement);
  if (!graph) graphs.set(parentElement, (graph = new Graph(parentElement)));
  graph.onPick = (name) => setTriggerValue("picked", name);
  graph.show(data);
  return () => { graph.close(); graphs.delete(parentElement); };
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
    if (data.svg !== this.drawn) {
      const began = performance.now();
      this.drawn = data.svg;
      this.size = [data.width, data.height];
      this.view.classList.add("far");
      this.view.innerHTML = data.svg;
      this.view.setAttribute("aria-label", data.label);
      this.svg = this.view.querySelector("svg");
      this.origin = this.svg.getAttribute("viewBox").split(" ").slice(0, 2).map(Number);
      this.label(data.words);
      this.explain(data.legend);
      this.start();
      requestAnimationFrame(() => requestAnimationFrame(() => {
        this.view.dataset.painted = String(Math.round(performance.now() - began));
      }));
    }
    this.mark(data.picked);
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
    const scale = Math.max(READABLE, this.view.clientWidth / width);
    const high = Math.max(280, Math.min(0.74 * window.innerHeight, height * Math.min(LARGEST_START, scale)));
    this.view.style.height = `${Math.round(high)}px`;
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
      const node = event.target.closest?.(".node");
      if (moved || !node) return;
      this.mark(node.dataset.node);
      this.onPick(node.dataset.node);
    });
    view.addEventListener("keydown", (event) => {
      const step = 60;
      const act = {
        "+": () => this.zoom(1.3), "=": () => this.zoom(1.3), "-": () => this.zoom(1 / 1.3),
        "0": () => this.fit(),
        ArrowLeft: () => this.move(step, 0), ArrowRight: () => this.move(-step, 0),
        ArrowUp: () => this.move(0, step), ArrowDown: () => this.move(0, -step),
      }[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    });
  }

  mark(name) {
    this.view.querySelectorAll(".picked").forEach((node) => node.classList.remove("picked"));
    if (name) this.view.querySelector(`[data-node="${CSS.escape(name)}"]`)?.classList.add("picked");
  }

  close() { this.watcher.disconnect(); }
}
"""

_component = st.components.v2.component("resnet_explorer_graph", html=_HTML, css=_CSS, js=_JS)


def graph_view(
    picture: Picture,
    *,
    key: str,
    label: str,
    legend: Sequence[tuple[str | None, str]],
    on_pick: Callable[[], None],
    picked: str | None = None,
) -> None:
    """Show a picture that is zoomed, panned and clicked.

    Args:
        picture: the drawing; its nodes are `<g class="node" data-node="NAME">`.
        key: the component's key; the picture starts anew when it changes.
        label: what screen readers call it.
        legend: a stroke-dasharray (None for no line) and what it means, per kind of line.
        on_pick: called when a node was clicked; its name is then in the session's state under the
            key, as `picked`.
        picked: name of the node that is marked.
    """
    words = {
        "+": t("Larger (key +)"),
        "−": t("Smaller (key −)"),
        "fit": t("See all of it (key 0)"),
        "fit_sign": t("fit"),
        "full": t("Full screen"),
    }
    data = {
        "svg": picture.svg,
        "width": picture.width,
        "height": picture.height,
        "label": label,
        "legend": [list(entry) for entry in legend],
        "picked": picked,
        "words": words,
    }
    _component(key=key, data=data, on_picked_change=on_pick)
