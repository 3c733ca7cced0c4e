// Streamlit keeps why an upload failed for a tooltip of its own words. Here it is a sentence on the page: the
// server's own where it refused the file, and otherwise that it broke off, as when a connection or a server dies.
if (!window.watchesUploads) {
  window.watchesUploads = true;
  const forget = () => document.querySelector(".upload-trouble")?.remove();
  const tell = (sentence) => {
    forget();
    const told = document.createElement("div");
    told.className = "upload-trouble";
    told.setAttribute("role", "alert"); // as a property, Firefox takes it since 119
    const close = document.createElement("button");
    close.textContent = "×";
    close.setAttribute("aria-label", window.uploadWords.close);
    close.onclick = forget;
    document.body.append(told);
    told.append(sentence, close); // as text; and after it stands there, for those who hear it
  };
  const open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (method, address, ...others) {
    open.call(this, method, address, ...others);
    if (method.toUpperCase() !== "PUT" || !String(address).includes("/_stcore/upload_file/")) return;
    forget();
    this.setRequestHeader("Accept-Language", document.documentElement.lang);
    this.addEventListener("error", () => tell(window.uploadWords.broken));
    this.addEventListener("load", () => {
      if (this.status < 400) return;
      const isRefusal = this.status === 413 && this.getResponseHeader("Content-Type")?.startsWith("text/plain");
      tell(isRefusal ? this.responseText : window.uploadWords.broken);
    });
  };
}
