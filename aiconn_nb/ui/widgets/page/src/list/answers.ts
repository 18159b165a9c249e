/** How a list handles the kernel's messages. */
import type { Answers } from "../ground";
import type { ListMessages } from "../protocol";
import type { List } from "./list";

export const listAnswers = (list: List): Answers<ListMessages> => ({
  welcome: ({ look, deleted, note, focus }) => {
    if (!list.isLookKnown) Object.assign(list.kept.look, look);
    const fresh = deleted.filter(({ number }) => !list.undos.has(number));
    list.draw();
    for (const deletion of fresh) list.undos.offer(deletion);
    if (note) list.messages.tell(note);
    if (focus === undefined) return; // no form has ended
    const row = list.rows.find(({ alias }) => alias === focus);
    if (row) list.showRow(row.id);
    else if (fresh.length) list.undos.focus(Math.max(...fresh.map(({ number }) => number)));
    else list.rest();
  },
  note: (message, asked) => {
    list.ground.say(`${message.what} ${message.hint}`);
    list.messages.tell(message, list.rowOf(asked["id"])?.id);
  },
  made: ({ id }) => list.showRow(id),
  deleted: (message) => {
    list.kept.selected.clear();
    list.messages.clear();
    list.undos.offer(message, list.deletedAt);
    list.undos.focus(message.number);
  },
  // Restored entries are among the rows again; the others are offered again in their place, with the reason.
  undone: ({ number, id, left }) => {
    if (left) list.undos.offer(left);
    else list.undos.drop(number);
    if (id) list.showRow(id);
    if (left) list.undos.focus(number);
  },
  // The view already has them.
  rows: list.draw,
  panel: list.messages.ask,
});
