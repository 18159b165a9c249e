/** The widget of a form. */
import type { Model } from "./ground";
import { ConnectionForm } from "./form/connection";
import { ProfileForm } from "./form/profile";
import type { FormView } from "./protocol";

export function showForm(model: Model, el: HTMLElement): () => void {
  const form =
    (model.get("view") as FormView).kind === "profile" ? new ProfileForm(model, el) : new ConnectionForm(model, el);
  return form.remove;
}
export default { render: ({ model, el }: { model: Model; el: HTMLElement }) => showForm(model, el) };
