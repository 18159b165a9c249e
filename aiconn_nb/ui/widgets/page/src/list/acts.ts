/** The actions of a list: changing its look, and requests to the kernel. */
import { at } from "./kinds";
import type { List } from "./list";
import { unfiltered } from "./look";
import type { Answer, Row } from "../protocol";
import type { Press } from "../panel";
import { walkRows } from "./rows";

export const listActs = (list: List) => ({
  sort: (key: string): void => {
    const { look } = list.kept;
    list.turn({ sort: key, descending: look.sort === key && !look.descending });
    const title = list.setup.columns.find((column) => column.key === key)?.title ?? "";
    list.ground.say(`Sorted by ${title}, ${look.descending ? "descending" : "ascending"}.`);
  },
  refresh: (): void => void list.ground.ask("refresh").then(() => list.ground.say("The list is up to date.")),
  press: (({ intent, data }) => intent && list.ground.send(intent, data)) as Press,
  bulk: ({ intent = "", data }: Answer): void => {
    const ids = [...list.kept.selected];
    for (const id of ids) list.messages.clear(id);
    list.ground.send(intent, { ...data, rows: list.seen(ids) });
  },
  selectAll: (on: boolean): void => {
    for (const { id } of list.shown) list.select(id, on);
    list.draw();
  },
  clearSelection: (): void => {
    list.kept.selected.clear();
    list.draw();
    list.search?.focus();
  },
  clearFilter: (): void => {
    list.turn(unfiltered(list.setup));
    list.search?.focus();
  },
  toggleFilters: (): void => {
    list.kept.showsFilters = !list.kept.showsFilters;
    list.draw();
  },
  click: (event: Event): void => {
    const hit = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-do]") : null;
    const row = list.rowOf(hit?.closest<HTMLElement>("[data-id]")?.dataset["id"]);
    if (hit && row && hit.getAttribute("aria-disabled") !== "true") act(list, hit, row);
  },
  keydown: (event: KeyboardEvent): void => {
    // Besides moving through the rows, Escape clears the selection.
    const isControl = event.target instanceof HTMLElement && event.target.dataset["do"];
    if (walkRows(event) || event.key !== "Escape" || !list.kept.selected.size || !isControl) return;
    list.kept.selected.clear();
    list.draw();
    event.preventDefault();
  },
});

function act(list: List, hit: HTMLElement, row: Row): void {
  const { id, active } = row;
  const what = hit.dataset["do"] ?? "";
  const action = list.setup.actions.find((each) => each.do === what);
  const isOn = action?.pressed ? Boolean(at(row, action.pressed)) : false;
  const intent = isOn && action?.release ? action.release : (action?.intent ?? what);
  list.messages.clear(id);
  if (what === "select") list.select(id, (hit as HTMLInputElement).checked);
  if (what === "switch") list.busy.add(id);
  list.draw();
  if (what === "select") return;
  const more = what === "switch" ? { active: !active } : { wanted: !isOn };
  void list.ground.ask(intent, { id, rows: list.seen([id]), ...more }).then(() => {
    if (list.busy.delete(id)) list.draw();
  });
}
