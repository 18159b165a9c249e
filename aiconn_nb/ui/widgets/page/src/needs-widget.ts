/** The widget of a notebook's requirements. */
import type { Model } from "./ground";
import { Needs } from "./needs";

export default { render: ({ model, el }: { model: Model; el: HTMLElement }) => new Needs(model, el).ground.remove };
