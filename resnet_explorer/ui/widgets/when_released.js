// Draw a place, but not under a finger: a part that is exchanged between press and release, as on a slow machine
// behind the click before, would get no click. Of several drawings that wait, the last one counts.
function whenReleased(place, draw) {
  place.waiting = draw;
  const drawNow = () => {
    place.waiting?.();
    place.waiting = null;
  };
  if (!place.isPressed) drawNow();
  place.onpointerdown ??= (event) => {
    if (event.button !== 0) return;
    const hold = new AbortController();
    const release = () => {
      hold.abort();
      place.isPressed = false;
      setTimeout(drawNow); // the click comes first
    };
    place.isPressed = true;
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, release, { signal: hold.signal });
  };
}
