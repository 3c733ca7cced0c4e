// A photo that is dropped or pasted anywhere on the page goes to the uploader that is always there: as if it had been
// chosen there, so that no limit of a component's state holds it up.
//
// Streamlit calls this anew with another theme, and lets go of the last call alone: who listens last is the only one.
let listening;

export default function () {
  listening?.abort();
  const mine = (listening = new AbortController()), { signal } = mine;
  const give = (file) => {
    const uploader = document.querySelector(".st-key-dropped input[type=file]");
    if (!file || !uploader) return false;
    const files = new DataTransfer();
    files.items.add(file);
    uploader.files = files.files;
    uploader.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  };
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const isUploader = (event) => event.target.closest?.('[data-testid="stFileUploaderDropzone"]');
  const over = (event) => {
    if (carriesFiles(event) && !isUploader(event)) event.preventDefault();
  };
  const drop = (event) => {
    if (carriesFiles(event) && !isUploader(event) && give(event.dataTransfer.files[0])) event.preventDefault();
  };
  const paste = (event) => {
    if (give([...(event.clipboardData?.files ?? [])][0])) event.preventDefault();
  };
  document.addEventListener("dragover", over, { signal });
  document.addEventListener("drop", drop, { signal });
  document.addEventListener("paste", paste, { signal });
  document.documentElement.dataset.takesDrops = "yes";
  return () => {
    mine.abort();
    if (listening === mine) delete document.documentElement.dataset.takesDrops;
  };
}
