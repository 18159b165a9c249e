/** References as they are typed, and the known keys that match one. */
import { Combobox, type Offer } from "./combobox";

export const isReference = (text: string): boolean => /^\s*\$[^$]/.test(text);
export const mayBeReference = (text: string): boolean => /^\s*\$(?!\$)/.test(text);

/** Known keys that match what is behind the $: those that begin with it, then those with a part that does, then the rest. */
export function matchingKeys(keys: readonly Offer[], typed: string): readonly Offer[] {
  const text = typed.trim().replace(/^\$/, "").toLowerCase();
  // Behind the $ alone those of files and secrets, which have sections, are offered; every variable of a shell would bury them.
  const sectioned = text ? [] : keys.filter(({ words }) => words.includes(":"));
  if (sectioned.length) return sectioned;
  const rank = ({ words }: Offer): number => {
    const key = words.slice(1).toLowerCase();
    if (key.startsWith(text)) return 0;
    if (key.split(/[:_]/).some((part) => part.startsWith(text))) return 1;
    return key.includes(text) ? 2 : 3;
  };
  const ranked = keys.map((each) => ({ rank: rank(each), each })).filter((it) => it.rank < 3);
  return ranked.sort((a, b) => a.rank - b.rank).map(({ each }) => each);
}

/** Offers the known keys to an input in which a reference is begun. */
export const knownKeys = (keys: () => readonly Offer[], pick: (words: string) => void, draw: () => void) =>
  new Combobox<Offer>({
    label: "Known keys",
    matching: (typed) => (mayBeReference(typed) ? matchingKeys(keys(), typed) : []),
    pick: ({ words }) => pick(words),
    opens: mayBeReference,
    draw,
  });
