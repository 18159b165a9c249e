/** Enter saves, or leaves the picker; Escape cancels. Input is blocked during a save. */
import { stop } from "../html";
import type { Form } from "./form";

export function hearKeys(form: Form): void {
  const { root, ground } = form;
  const isOther = ({ relatedTarget }: FocusEvent): boolean => !root.contains(relatedTarget as Node | null);
  root.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented || form.deletion.isDone) return;
    const target = event.target as HTMLInputElement;
    const isEnter = event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === "Escape") form.leaving.cancel();
    else if (!isEnter || target.tagName !== "INPUT") return;
    else if (target.type !== "radio" || !target.closest(".aiconn-picker")) form.saving.save();
    else if (form.content.isPicked) form.content.name.focus();
    stop(event);
  });
  // The content must not change during a save: the cursor stays, but keys have no effect.
  const rest = (event: Event): void => {
    if (form.saving.isBusy) stop(event);
  };
  for (const name of ["beforeinput", "click", "mousedown", "paste", "drop", "change"])
    root.addEventListener(name, rest, true);
  root.addEventListener("focusout", (event) => isOther(event) && form.check.flush());
  root.addEventListener("focusin", (event) => isOther(event) && form.check.look());
  ground.listen(document, "visibilitychange", () => document.hidden && form.check.flush());
  ground.listen(window, "pagehide", form.check.flush);
  ground.onReturn(form.check.look);
}
