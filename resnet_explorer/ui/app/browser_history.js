// The browser's Back leads to the page before, however much was set on this one.
//
// Streamlit makes an entry of every link it writes, and Back among the entries of one page changes the
// address alone, not the controls. So a link of the page that is open takes the place of the last one;
// and so does the page to which an old link leads, for Back to the old link would lead on again.
if (!history.addEntry) {
  history.addEntry = history.pushState;
  history.isOld = function () {
    return this.old.includes(location.pathname.split("/").pop());
  };
  history.pushState = function (state, title, url) {
    const isSamePage = new URL(url ?? "", location.href).pathname === location.pathname;
    return (isSamePage || this.isOld() ? this.replaceState : this.addEntry).call(this, state, title, url);
  };
  // A first visit by an old link can be led on before this script is there: its entry is passed over.
  addEventListener(
    "popstate",
    (event) => {
      if (!history.isOld()) return;
      event.stopImmediatePropagation();
      history.back();
    },
    { capture: true },
  );
}
