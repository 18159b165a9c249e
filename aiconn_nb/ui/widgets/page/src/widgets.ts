/** A widget by what its view is of, in an element; answers what ends it. */
import { Form } from "./form/form";
import type { Model } from "./ground";
import { List } from "./list/list";
import type { FormView, ListView, TabsView } from "./protocol";
import { Tabs } from "./tabs";

export function show(model: Model, el: HTMLElement): () => void {
  const { kind } = model.get("view") as ListView | FormView | TabsView;
  const Widget = kind === "tabs" ? Tabs : kind === "form" || kind === "profile" ? Form : List;
  return new Widget(model, el).remove;
}
