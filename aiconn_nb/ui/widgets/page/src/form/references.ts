/** References in inputs, and the known keys that match one. */
import { Combobox, ranked, type Offer } from "./combobox";

export const isReference = (text: string): boolean => /^\s*\$[^$]/.test(text);
export const mayBeReference = (text: string): boolean => /^\s*\$(?!\$)/.test(text);

/** The known keys for the text after a $. After a single $, a shell's many variables would hide the keys of files and secrets. */
export function matchingKeys(keys: readonly Offer[], typed: string): readonly Offer[] {
  const sectioned = typed.trim() === "$" ? keys.filter(({ words }) => words.includes(":")) : [];
  return sectioned.length ? sectioned : ranked(keys, typed, ({ words }) => words);
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
