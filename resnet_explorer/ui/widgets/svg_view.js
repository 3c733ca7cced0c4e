// A part with data-rows and data-columns is a grid drawn as one: the click's place says which cell,
// and data-name which grid, where there are several.
//
// Parts that can be clicked are reached by keyboard, too: Tab comes to one of them, the arrows lead from
// there to the next on that side, Enter is a click. (A grid drawn as one has controls of its own.)
const SIDES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const PARTS = "[data-key]:not([data-rows])";

function cellOf(part, event) {
  const box = part.getBoundingClientRect();
  const place = (at, start, length, count) =>
    Math.min(count - 1, Math.max(0, Math.floor(((at - start) / length) * count)));
  const row = place(event.clientY, box.top, box.height, part.dataset.rows);
  const grid = part.dataset.name ? part.dataset.name + ":" : "";
  return grid + row + "," + place(event.clientX, box.left, box.width, part.dataset.columns);
}

function middle(part) {
  const box = part.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}

function nearest(parts, from, [right, down]) {
  const [x, y] = middle(from);
  let found = null, least = Infinity;
  for (const part of parts) {
    const [dx, dy] = middle(part).map((at, n) => at - [x, y][n]);
    const along = dx * right + dy * down, aside = Math.abs(dx * down) + Math.abs(dy * right);
    const isThere = along > 1 && aside <= along; // every part is on one side
    if (isThere && along + 3 * aside < least) [found, least] = [part, along + 3 * aside];
  }
  return found;
}

function reachable(svg, focused) {
  const parts = [...svg.querySelectorAll(PARTS)];
  if (!parts.length) return;
  svg.setAttribute("role", "group"); // the parts of an image are not read
  const first = parts.find((part) => part.dataset.key === focused) || parts[0];
  for (const part of parts) {
    part.setAttribute("tabindex", part === first ? "0" : "-1");
    if (!part.hasAttribute("role")) part.setAttribute("role", "button");
    const words = part.querySelector("title")?.textContent || part.textContent.trim() || part.dataset.key;
    if (!part.hasAttribute("aria-label")) part.setAttribute("aria-label", words);
  }
  if (focused !== undefined) first.focus({ preventScroll: true });
  svg.addEventListener("keydown", (event) => {
    const part = event.target.closest(PARTS);
    if (!part || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") part.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    else if (!(event.key in SIDES)) return;
    event.preventDefault();
    const next = event.key in SIDES && nearest(parts, part, SIDES[event.key]);
    if (!next) return;
    part.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });
}

function draw(picture, data, setTriggerValue) {
  const focused = picture.querySelector(`${PARTS}:focus`)?.dataset.key;
  picture.innerHTML = data.svg;
  picture.classList.toggle("pick", data.pick);
  const svg = picture.querySelector("svg");
  const { width, height } = svg.viewBox.baseVal, title = svg.querySelector(":scope > title");
  if (title && !svg.hasAttribute("aria-label")) svg.setAttribute("aria-label", title.textContent);
  picture.classList.toggle("placed", Boolean(data.height));
  svg.style.setProperty("--own-width", width + "px");
  if (data.height) {
    svg.style.height = data.height;
  } else {
    svg.style.minWidth = data.shrink * width + "px";
    svg.style.maxWidth = Math.min(data.magnify * width, (data.tallest * width) / height) + "px";
  }
  if (data.pick) reachable(svg, focused);
  picture.onclick = (event) => {
    const part = data.pick && event.target.closest("[data-key]");
    if (part) setTriggerValue("picked", part.dataset.rows ? cellOf(part, event) : part.dataset.key);
  };
}

export default function ({ data, parentElement, setTriggerValue }) {
  const picture = parentElement.querySelector(".picture");
  whenReleased(picture, () => draw(picture, data, setTriggerValue));
}
