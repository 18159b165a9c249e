/** The widget of a form. */
import { Form } from "./form/form";
import type { Model } from "./ground";

export default { render: ({ model, el }: { model: Model; el: HTMLElement }) => new Form(model, el).ground.remove };
