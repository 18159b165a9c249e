/* The keys of a form, what rests while it saves, and when the kernel is asked again. Joined behind form_controls.js. */

/**
 * Enter saves, or goes `past` the picker it stands in; Escape cancels. Nothing is typed while it is `busy`. What is typed is told
 * (`flush`) when the form is left, and what is stored is looked at again (`look`) when one comes back.
 */
function formKeys({ root, listen, onReturn }, { busy, save, cancel, past, flush, look }) {
  root.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const target = event.target;
    if (event.key === "Escape") cancel();
    else if (event.key === "Enter" && target.tagName === "INPUT" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      if (target.type === "radio" && target.closest(".aiconn-picker")) past();
      else save();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  // What is being saved does not change under way: the cursor stays where it is, and types nothing.
  for (const name of ["beforeinput", "click", "mousedown", "paste", "drop", "change"]) {
    root.addEventListener(
      name,
      (event) => {
        if (busy()) {
          event.preventDefault();
          event.stopPropagation();
        }
      },
      true,
    );
  }
  root.addEventListener("focusout", (event) => {
    if (!root.contains(event.relatedTarget)) flush();
  });
  root.addEventListener("focusin", (event) => {
    if (!root.contains(event.relatedTarget)) look();
  });
  listen(document, "visibilitychange", () => {
    if (document.hidden) flush();
  });
  listen(window, "pagehide", flush);
  onReturn(look);
}
