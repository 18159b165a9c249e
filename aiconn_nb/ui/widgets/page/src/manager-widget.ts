/** The widget of the manager: tabs, lists and forms in one; each part gets its state and messages from the same model. */
import type { Model } from "./ground";
import { patchRows } from "./list/patch";
import { show } from "./widgets";

type Listener = (...args: never[]) => void;
type Some = Readonly<Record<string, unknown>>;
const LISTS = ["connections", "profiles"];

/** A part as its own model: its view is a trait of the whole (a form's is in `forms_view`), and messages name the part. */
export class Part implements Model {
  private readonly heard = new Map<Listener, readonly [event: string, listener: Listener]>();

  constructor(
    private readonly whole: Model,
    readonly name: string,
  ) {}
  /** The trait of the whole for a key of this part. All but the view of a list, the bar or the tabs are by part. */
  private traitOf(key: string): string {
    const view = this.name.startsWith("form") ? "forms_view" : `${this.name}_view`;
    return { where: "places", setup: "setups", view }[key] ?? key;
  }
  get(key: string): unknown {
    const trait = this.traitOf(key);
    const held = this.whole.get(trait) as Some | undefined;
    return trait === `${this.name}_view` ? held : held?.[this.name];
  }
  on(event: string, callback: Listener): void {
    const key = event.replace("change:", "");
    let known = this.get(key);
    const change = (): void => {
      const now = this.get(key);
      if (!now || now === known || JSON.stringify(now) === JSON.stringify(known)) return;
      known = now;
      callback();
    };
    const message = (content: Some): void => {
      if (content["part"] === this.name) (callback as (content: Some) => void)(content);
    };
    const isChange = key !== event;
    const listener = isChange ? change : event === "msg:custom" ? message : callback;
    const name = isChange ? `change:${this.traitOf(key)}` : event;
    this.heard.set(callback, [name, listener]);
    this.whole.on(name, listener);
  }
  off(_event: string, callback: Listener): void {
    const known = this.heard.get(callback);
    if (known) this.whole.off(...known);
  }
  send(content: object): void {
    this.whole.send({ ...content, part: this.name });
  }
}

/** The parts by model: they outlive the element that shows them, like the look of a list. */
const partsOf = new WeakMap<Model, Map<string, Part>>();

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const parts = partsOf.get(model) ?? new Map<string, Part>();
  const shown = new Map<string, { readonly node: HTMLElement; readonly end: () => void }>();
  const draw = (): void => {
    const lists = LISTS.filter((name) => (model.get(`${name}_view`) as Some)["kind"]);
    const needs = (model.get("needs_view") as Some)["kind"] ? ["needs"] : [];
    const wanted = ["bar", ...needs, "tabs", ...lists, ...Object.keys(model.get("forms_view") as Some)];
    for (const [name, { node, end }] of shown) {
      if (wanted.includes(name)) continue;
      end();
      node.remove();
      shown.delete(name);
    }
    for (const name of wanted) {
      if (shown.has(name)) continue;
      const part = parts.get(name) ?? new Part(model, name);
      parts.set(name, part);
      const node = document.createElement("div");
      const next = wanted.slice(wanted.indexOf(name) + 1).find((each) => shown.has(each));
      el.insertBefore(node, next ? (shown.get(next)?.node ?? null) : null);
      shown.set(name, { node, end: show(part, node) });
    }
  };
  el.classList.add("aiconn-host");
  const traits = ["forms", "needs", ...LISTS].map((name) => `change:${name}_view`);
  for (const trait of traits) model.on(trait, draw);
  draw();
  return () => {
    for (const trait of traits) model.off(trait, draw);
    for (const { end } of shown.values()) end();
  };
}

function initialize({ model }: { model: Model }): void {
  const list = new Part(model, "connections");
  partsOf.set(model, new Map([["connections", list]]));
  patchRows(list);
}
export default { initialize, render };
