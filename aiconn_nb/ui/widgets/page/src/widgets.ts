/** Creates the widget for a view in an element; returns a function that ends it. */
import { Bar } from "./bar";
import { Form } from "./form/form";
import type { Ground, Model } from "./ground";
import { List } from "./list/list";
import { Needs } from "./needs";
import type { BarView, FormView, ListView, NeedsView, TabsView } from "./protocol";
import { Tabs } from "./tabs";

const WIDGETS: Readonly<Record<string, new (model: Model, el: HTMLElement) => { readonly ground: Ground }>> = {
  bar: Bar,
  tabs: Tabs,
  needs: Needs,
  form: Form,
  profile: Form,
};

export function show(model: Model, el: HTMLElement): () => void {
  const { kind } = model.get("view") as ListView | FormView | TabsView | BarView | NeedsView;
  const Widget = WIDGETS[kind] ?? List;
  return new Widget(model, el).ground.remove;
}
