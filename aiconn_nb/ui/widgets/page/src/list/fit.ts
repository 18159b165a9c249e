/** The widths of the columns, and the width of a list at which they no longer fit beside each other. */
import type { Setup } from "../protocol";

/** The room that names need, in pixels. */
const ROOM = 102;
const STEP = 20;
const WIDEST = 4000;

/** The tracks of the grid: the check boxes, the columns as the data defines them, and the buttons. */
export const tracks = ({ bulk, columns, actions }: Setup): readonly string[] => [
  ...(bulk.length ? ["38px"] : []),
  ...columns.map(({ width }) => width),
  `${actions.length * 29 + 12}px`,
];
/** A track is at least some pixels or a part of the whole, and shares the rest: `minmax(84px, 14%)`, `minmax(0, 1fr)`. */
function measured(track: string): { least: number; part: number; share: number } {
  const [least = 0, part = 0, share = 0] = ["px", "%", "fr"].map((unit) =>
    Number(new RegExp(`([\\d.]+)${unit}`).exec(track)?.[1] ?? 0),
  );
  return { least, part: part / 100, share };
}
/** The greatest width of a list at which its rows are cards: beside the other columns, the names would have too little room. */
export function widestCards(setup: Setup): number {
  const all = tracks(setup).map(measured);
  const shares = all.reduce((sum, { share }) => sum + share, 0);
  const own = measured(setup.columns.find(({ kind }) => kind === "name")?.width ?? "").share;
  const room = (width: number): number =>
    (all.reduce((rest, { least, part }) => rest - Math.max(least, part * width), width) * own) / (shares || 1);
  let width = STEP;
  while (width < WIDEST && room(width) < ROOM) width += STEP;
  return width;
}
