/** The look of a list: the text and choices of its filters, and the column by which it is sorted. */
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

const word = (value: unknown): string =>
  typeof value === "boolean" || value === undefined ? (value ? "yes" : "no") : String(value);
/** The values of a row for a filter: mostly one. */
function valuesOf(row: Row, { path, through }: Filter, view: ListView): readonly string[] {
  const own = at(row, path);
  const value = through ? (at(view, through) as Record<string, unknown> | undefined)?.[word(own)] : own;
  return [value].flat().map(word);
}
export function choicesOf(filter: Filter, view: ListView): readonly (readonly string[])[] {
  const names = filter.names ? (at(view, filter.names) as Record<string, string> | undefined) : undefined;
  const distinct = (): string[] => [...new Set((view.rows ?? []).flatMap((row) => valuesOf(row, filter, view)))].sort();
  const rest = filter.choices ?? (names ? Object.entries(names) : distinct().map((value) => [value, value]));
  return [["", filter.every], ...rest];
}

const words = new WeakMap<Row, string>();
/** All searchable texts of a row, in lower case. */
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

/** All rows in order; equal ones are sorted by alias. Comparing texts is slow, so the last order is cached. */
export function sorted({ sort, descending }: Look, setup: Setup, view: ListView): readonly Row[] {
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

/** Whether a row is visible. */
export function matching(look: Look, setup: Setup, view: ListView): (row: Row) => boolean {
  const wanted = look.text.trim().toLowerCase();
  const filters = setup.filters.filter(({ key }) => look[key]);
  return (row) =>
    filters.every((filter) => valuesOf(row, filter, view).includes(String(look[filter.key]))) &&
    (!wanted || wordsOf(row, setup, view).includes(wanted));
}
