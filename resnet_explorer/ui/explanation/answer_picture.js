// An element of some class with what is in it; words are text, never markup.
function element(tag, look, ...content) {
  const made = document.createElement(tag);
  if (look) made.className = look;
  made.append(...content);
  return made;
}

function image({ src, alt }) {
  const made = element("img");
  made.src = src;
  made.alt = alt;
  return made;
}

function draw(root, data, setTriggerValue) {
  const focused = root.querySelector(":focus")?.dataset.pick;

  const button = (look, { pick, chosen }, ...content) => {
    const made = element("button", look, ...content);
    made.type = "button";
    made.dataset.pick = pick;
    made.setAttribute("aria-pressed", String(chosen)); // as a property, Firefox takes it since 119
    made.onclick = () => setTriggerValue("picked", pick);
    return made;
  };

  const figure = element("figure", "photo", image(data.photo), element("figcaption", "", data.photo.words));
  const evidence = element("div", "evidence");
  if (data.evidence) evidence.append(image(data.evidence));

  const { heading, name, probability, words, bars, hint, channels, kind } = data.answer;
  const barOf = (bar) => {
    const length = element("span", "length");
    length.style.width = 100 * bar.share + "%";
    const track = element("span", "track", length);
    const share = element("span", "share", (100 * bar.share).toFixed(1) + "%");
    return button("bar", bar, element("span", "name", bar.name), share, track);
  };
  const answer = element(
    "div",
    "answer",
    element("div", "heading", heading),
    element(
      "div",
      "likeliest",
      element("strong", "", name),
      " ",
      element("span", "", probability),
      ...(kind ? [" ", button("link", kind, kind.name)] : [])
    ),
    element("div", "sure", words),
    ...bars.map(barOf),
    element("div", "hint", hint, " ", button("link", channels, channels.name))
  );

  const pair = (first, second) => element("span", "words", element("b", "", first), element("span", "", second));
  const [seenName, seenSize] = data.seen.words.split("\n");
  const small = element("div", "small", element("span", "seen", image(data.seen), pair(seenName, seenSize)));
  for (const stage of data.stages)
    small.append(button("stage", stage, image(stage.picture), pair(stage.name, stage.picture.words)));

  const { css, low, high, words: unit } = data.scale;
  const colours = element("span", "colours");
  colours.style.background = css;
  const scale = element("div", "scale", element("span", "ends", low, colours, high), element("span", "unit", unit));
  if (data.options.length) {
    const options = element("span", "options", ...data.options.map((each) => button("", each, each.name)));
    scale.prepend(options);
  }
  small.append(scale);

  root.replaceChildren(element("div", "row", figure, evidence, answer), small);
  if (focused) root.querySelector(`[data-pick="${CSS.escape(focused)}"]`)?.focus();
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".answer-picture");
  whenReleased(root, () => draw(root, data, setTriggerValue));
}
