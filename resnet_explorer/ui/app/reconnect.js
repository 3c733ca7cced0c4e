// A page whose session is gone is loaded anew, and is then as its link says: the server was killed and
// started again, or was out of reach for longer than it keeps a session. Streamlit connects again by itself,
// but leaves what was drawn for a session that nobody knows any more, and what should go on stands still.
if (!window.watchesConnection) {
  window.watchesConnection = true;
  const state = "data-test-connection-state";
  let wasCut = false;
  new MutationObserver(async () => {
    const isConnected = document.querySelector(`[${state}]`)?.getAttribute(state) === "CONNECTED";
    const isBack = isConnected && wasCut;
    wasCut = !isConnected;
    if (!isBack) return;
    const file = await fetch(window.fileOfSession, { method: "HEAD", cache: "no-store" });
    if (file.status === 404) location.reload();
  }).observe(document.body, { subtree: true, attributes: true, attributeFilter: [state] });
}
