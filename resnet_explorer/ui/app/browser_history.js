// The browser's Back leads to the page before, however much was set on this one.
//
// Streamlit makes an entry of every link it writes, and Back among the entries of one page changes the
// address alone, not the controls. So a link of the page that is open takes the place of the last one;
// and so does the page to which an old link leads, for Back to the old link would lead on again.
// Each step of a lesson has an entry of its own, and Back leads to the step before.
if (!history.addEntry) {
  history.addEntry = history.pushState;
  history.changeEntry = history.replaceState;
  history.stepOf = (search) => {
    const link = new URLSearchParams(search);
    return link.has("lesson") ? `${link.get("lesson")}/${link.get("step")}` : "";
  };
  history.isOld = function () {
    const page = location.pathname.split("/").pop();
    // A lesson that was begun by the app's address has left it behind, before this script was there.
    const isBegun = !page && this.stepOf(location.search) && !this.state?.isDrawn;
    return isBegun || this.old.includes(page);
  };
  history.pushState = function (state, title, url) {
    const goal = new URL(url ?? "", location.href);
    const isSamePage = goal.pathname === location.pathname;
    const isSameStep = this.stepOf(goal.search) === this.stepOf(location.search);
    // The link of a step on another page comes with the address of this one first, and may come so again.
    const isOnTheWay = isSamePage && !isSameStep;
    const isAgain = isSamePage && isSameStep;
    const change = isAgain || (this.isOnTheWay && isSameStep) || this.isOld();
    this.isOnTheWay = isOnTheWay || (isAgain && this.isOnTheWay);
    return (change ? this.changeEntry : this.addEntry).call(this, { ...state, isDrawn: true }, title, url);
  };
  history.replaceState = function (state, title, url) {
    return this.changeEntry({ ...state, isDrawn: true }, title, url);
  };
  history.replaceState(history.state, "");
  // Whoever clicks has arrived.
  for (const kind of ["click", "keydown"]) addEventListener(kind, () => (history.isOnTheWay = false), { capture: true });
  // On a slow machine a first visit is led on, and its link written, before this script is there: such entries
  // are passed over. Those of headings (#…) are the browser's own.
  addEventListener(
    "popstate",
    (event) => {
      const isOfThisScript = history.state?.isDrawn || location.hash;
      if (isOfThisScript && !history.isOld()) return;
      event.stopImmediatePropagation();
      history.back();
    },
    { capture: true },
  );
}
