/** References in inputs, and the known keys that match one. */
import { Combobox, type Offer } from "./combobox";

export const isReference = (text: string): boolean => /^\s*\$[^$]/.test(text);
export const mayBeReference = (text: string): boolean => /^\s*\$(?!\$)/.test(text);

/** Known keys that match the text after the $: those that start with it, then those with a part that does, then the rest. */
export function matchingKeys(keys: readonly Offer[], typed: string): readonly Offer[] {
  const text = typed.trim().replace(/^\$/, "").toLowerCase();
  // For a single $, only keys with sections, from files and secrets, are suggested; a shell's many variables would hide them.
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

/** Suggests the known keys in an input once it contains the start of a reference. */
export const knownKeys = (keys: () => readonly Offer[], pick: (words: string) => void, draw: () => void) =>
  new Combobox({
    label: "Known keys",
    matching: (typed) => (mayBeReference(typed) ? matchingKeys(keys(), typed) : []),
    pick,
    opens: mayBeReference,
    draw,
  });
