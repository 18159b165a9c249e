/** How a list is looked at: what is typed in its filter, what is chosen, and by which column it is sorted. */
import type { Filter, ListView, Row, Setup } from "../protocol";
import { at, KINDS, textOf } from "./kinds";

export interface Look {
  text: string;
  sort: string;
  descending: boolean;
  [filter: string]: string | boolean;
}
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** The look that shows every row. */
export const unfiltered = (setup: Setup): Partial<Look> =>
  Object.fromEntries([["text", ""], ...setup.filters.map(({ key }) => [key, ""])]) as Partial<Look>;
export const firstLook = (setup: Setup): Look => ({ ...unfiltered(setup), text: "", sort: "name", descending: false });

const valueOf = (row: Row, filter: Filter): string => {
  const value = at(row, filter.path);
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value ?? "");
};
export function choicesOf(filter: Filter, view: ListView): readonly (readonly string[])[] {
  const names = filter.names ? (at(view, filter.names) as Record<string, string> | undefined) : undefined;
  const distinct = [...new Set((view.rows ?? []).map((row) => valueOf(row, filter)))].sort();
  const rest = filter.choices ?? (names ? Object.entries(names) : distinct.map((value) => [value, value]));
  return [["", filter.every], ...rest];
}

const words = new WeakMap<Row, string>();
/** All that a row can be found by, in lower case. */
function wordsOf(row: Row, setup: Setup, view: ListView): string {
  const known = words.get(row);
  if (known !== undefined) return known;
  const translated = setup.columns.filter((column) => column.names).map((column) => textOf(row, column, view));
  const found = [...setup.searched.map((path) => [at(row, path) ?? ""].flat().join("\n")), ...translated];
  const text = found.join("\n").toLowerCase();
  words.set(row, text);
  return text;
}

interface Sorted {
  readonly by: string;
  readonly rows: readonly Row[];
}
const sortedBy = new WeakMap<readonly Row[], Sorted>();

/** All rows in order; equal ones are sorted by alias. To compare texts takes its time, so that the last order is kept. */
function sorted({ sort, descending }: Look, setup: Setup, view: ListView): readonly Row[] {
  const rows = view.rows ?? [];
  const column = setup.columns.find(({ key }) => key === sort) ?? setup.columns[0];
  if (!column) return rows;
  const by = `${column.key} ${String(descending)}`;
  const known = sortedBy.get(rows);
  if (known?.by === by) return known.rows;
  const { rank } = KINDS[column.kind];
  const ranked = rows.map((row) => ({ row, key: rank(row, column, view) }));
  ranked.sort((a, b) => {
    const order =
      typeof a.key === "number" && typeof b.key === "number"
        ? a.key - b.key
        : collator.compare(String(a.key), String(b.key));
    return (descending ? -order : order) || (a.row.alias < b.row.alias ? -1 : 1);
  });
  const made = ranked.map(({ row }) => row);
  sortedBy.set(rows, { by, rows: made });
  return made;
}

/** The rows that are looked at, in order. */
export function found(look: Look, setup: Setup, view: ListView): readonly Row[] {
  const wanted = look.text.trim().toLowerCase();
  return sorted(look, setup, view).filter(
    (row) =>
      setup.filters.every((filter) => !look[filter.key] || valueOf(row, filter) === look[filter.key]) &&
      (!wanted || wordsOf(row, setup, view).includes(wanted)),
  );
}
