// Each asking has a number of its own, so that a rerun of the page saves nothing twice.
const saved = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  button.onclick = () => { button.disabled = true; setTriggerValue("asked", true); };
  if (!data.svg) button.disabled = false;  // the next click may have broken the run off that had it
  if (!data.svg || saved.get(parentElement) === data.number) return;
  saved.set(parentElement, data.number);
  save(data).finally(() => { button.disabled = false; });
}

async function save({ svg, width, height, scale, file }) {
  const picture = new Image();
  const drawn = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  drawn.setAttribute("width", width);  // some have a size already, and one attribute twice is no SVG
  drawn.setAttribute("height", height);
  const sized = new XMLSerializer().serializeToString(drawn);
  picture.src = URL.createObjectURL(new Blob([sized], { type: "image/svg+xml" }));
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(picture.src);
  const png = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(png);
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
