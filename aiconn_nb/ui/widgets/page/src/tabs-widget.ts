/** The widget of the tabs. */
import type { Model } from "./ground";
import { Tabs } from "./tabs";

export default { render: ({ model, el }: { model: Model; el: HTMLElement }) => new Tabs(model, el).remove };
