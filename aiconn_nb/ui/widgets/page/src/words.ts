/** Times and ids as texts. */

/** The age in the coarsest unit that is still informative. */
export function age(moment: string, now = Date.now()): string {
  const seconds = Math.floor((now - Date.parse(moment)) / 1000);
  if (seconds >= 86400) return `${Math.floor(seconds / 86400)} d ago`;
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ago`;
  return seconds >= 60 ? `${Math.floor(seconds / 60)} min ago` : "just now";
}

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" }); // slow to make
/** The time in the reader's language and time zone. */
export const exact = (moment: string): string => MOMENT.format(Date.parse(moment));

/** Sentences as one text; those that are missing are left out. */
export const together = (...sentences: readonly (string | undefined)[]): string => sentences.filter(Boolean).join(" ");

let ids = 0;
const MARK = Math.random().toString(36).slice(2, 8);
/** An id that is unique among the widgets of this page. */
export const newId = (what: string): string => `aiconn-${MARK}-${what}-${++ids}`;
