/** Some rows have changed: update the view itself, whether or not it is visible. */
import type { Model } from "../ground";
import type { ListView, Note, PatchedRow, Row, RowsChanged } from "../protocol";

/** The view of a list; its rows come as one text. */
export function viewOf(model: Model): ListView {
  const view = model.get("view") as { rows?: readonly Row[] | string };
  if (typeof view.rows === "string") view.rows = JSON.parse(view.rows) as Row[];
  return view as ListView;
}
/**
 * The view is not sent back. The kernel's threads send in any order, so every message has a turn, and a message with an older turn
 * is ignored.
 */
export function patchRows(model: Model): void {
  const latest = new Map<string, { readonly turn: number; readonly row: PatchedRow }>();
  const apply = (): void => {
    const view = viewOf(model) as unknown as { turn?: number; rows?: Row[]; failures?: Record<string, Note> };
    const { turn: shown = 0, rows, failures } = view;
    if (!rows || !failures) return;
    for (const [id, { turn, row }] of latest)
      if (turn < shown) latest.delete(id);
      else if (row.failure) failures[id] = row.failure;
      else Reflect.deleteProperty(failures, id);
    view.rows = rows.map((row) => latest.get(row.id)?.row ?? row);
  };
  model.on("change:view", apply);
  model.on("msg:custom", ({ kind, turn, rows }: RowsChanged & { readonly kind: string }) => {
    if (kind !== "rows") return;
    for (const row of rows) if (turn > (latest.get(row.id)?.turn ?? 0)) latest.set(row.id, { turn, row });
    apply();
  });
}
