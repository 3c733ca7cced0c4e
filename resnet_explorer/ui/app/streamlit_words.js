// Streamlit says its own words in English alone: each is replaced where it appears, before it is painted.
// A text node keeps its place and an element its attributes, so React finds all that it made.
if (!window.saysStreamlitWords) {
  window.saysStreamlitWords = true;
  const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt", "data-title"];
  let said = new Map();
  let patterns = [];
  const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  /** "Remove {name}", as a pattern. */
  const pattern = (text) =>
    new RegExp(`^${text.split(/\{(\w+)\}/).map((part, at) => (at % 2 ? `(?<${part}>.+)` : literal(part))).join("")}$`);
  const learn = (pairs) => {
    said = new Map(pairs);
    patterns = pairs.filter(([theirs]) => theirs.includes("{")).map(([theirs, ours]) => [pattern(theirs), ours]);
  };
  const ours = (text) => {
    const known = said.get(text.trim());
    if (known !== undefined) return known;
    for (const [theirs, words] of patterns) {
      const found = theirs.exec(text);
      if (found) return words.replace(/\{(\w+)\}/g, (_, name) => found.groups[name]);
    }
    return text;
  };
  // Where names of classes, files and people stand, which may be such a word: "Light" stays.
  const NAMES = "code, pre, style, script, strong, em, svg, td, th, [role=option], [data-testid=stRadio]";
  const sayText = (node) => {
    const words = ours(node.data);
    if (words !== node.data && !node.parentElement?.closest(NAMES)) node.data = words;
  };
  const sayAttribute = (element, name) => {
    const text = element.getAttribute(name);
    const words = text && ours(text);
    if (words !== text) element.setAttribute(name, words);
  };
  const say = (part) => {
    if (part.nodeType === Node.TEXT_NODE) return sayText(part);
    if (part.nodeType !== Node.ELEMENT_NODE) return;
    const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) sayText(texts.currentNode);
    const named = ATTRIBUTES.map((name) => `[${name}]`).join();
    for (const element of [part, ...part.querySelectorAll(named)])
      for (const name of ATTRIBUTES) sayAttribute(element, name);
  };
  const heard = new MutationObserver((changes) => {
    for (const { type, target, attributeName, addedNodes } of changes) {
      if (type === "childList") addedNodes.forEach(say);
      else if (type === "attributes") sayAttribute(target, attributeName);
      else sayText(target);
    }
  });
  window.sayStreamlitWords = (words) => {
    heard.disconnect();
    if (said.size) {
      learn([...said].map(([theirs, before]) => [before, theirs])); // what was said in the language before
      say(document.body);
    }
    learn(Object.entries(words));
    if (!said.size) return;
    say(document.body);
    heard.observe(document.body, {
      subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
    });
  };
}
