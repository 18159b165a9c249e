/** The widget of a list. */
import type { Model } from "./ground";
import { List } from "./list/list";
import { patchRows } from "./list/patch";

export default {
  initialize: ({ model }: { model: Model }) => patchRows(model),
  render: ({ model, el }: { model: Model; el: HTMLElement }) => new List(model, el).ground.remove,
};
