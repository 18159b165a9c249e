/** The notes below a setting: the owner of a key, the value of a reference, or that a value is sealed. */
import { code, html, icon, link, note, nothing, quiet, spoken, type Content, type TemplateResult } from "../html";
import { answerButton } from "../panel";
import type { Shape } from "../protocol";
import { mayBeReference } from "./references";
import type { Setting } from "./setting";

const said = (words: Content, drawing: Content = nothing): TemplateResult =>
  html`<p class="aiconn-help aiconn-line">${drawing}<span>${words}</span></p>`;
const told = (it: Setting, tone: string, what: Content, ...actions: Content[]): TemplateResult =>
  note({ tone, what, actions, testid: `note-${it.key}` });

/** For a key in a sensitive field. */
function keyNote(it: Setting, owner: Shape): Content {
  const key = it.text.trim();
  if (key.startsWith("$"))
    return told(
      it,
      "warn",
      `This looks like ${owner.key} with a $ before it. With the $ it would be a reference, which is not secret.`,
      link("Remove the $", () => it.write(key.replace(/^\$+/, ""), true)),
    );
  if (!it.view.sensitive) return it.shownKeyNote();
  const elsewhere = it.form.content.elsewhere(it, owner);
  if (elsewhere)
    return told(
      it,
      "warn",
      `This looks like ${owner.key}, and this connection is with ${elsewhere.provider}.`,
      elsewhere.other ? link(`Make it a connection with ${elsewhere.other.name}`, elsewhere.other.take) : null,
    );
  if (it.sealsIt) return null;
  return told(
    it,
    "info",
    `This looks like ${owner.key}.`,
    link(`Save it as a user secret and store ${it.view.suggested}`, it.keepElsewhere),
    link("Encrypt it in the store", () => it.seal()),
  );
}
function referenceNote(it: Setting): Content {
  const { reference, form } = it;
  if (it.text.trim() === "$") return said(["Type a key, such as ", code(it.view.suggested), "."]);
  if (!reference) return said("Looking it up…");
  const { resolved, words, hides } = reference;
  if (!resolved && it.combobox.isOpen) return said("Choose one of the known keys, or keep typing.");
  const answers = reference.answers.map((each) => answerButton(each, form.press));
  if (!resolved) return told(it, "warn", spoken(words), ...answers);
  return html`<p class="aiconn-good-text aiconn-line" data-testid="resolves-${it.key}"
    >${icon("good")}<span>${spoken(words)}${hides ? quiet(` ${hides}`) : nothing}</span></p
    ><div class="aiconn-line">${answers}</div>`;
}

/** For an empty field for a key: the two ways to fill it, and a reference that already resolves. */
function emptyNote(it: Setting): Content {
  const { set, suggested } = it.view;
  const use = (reference: string, rest: string, testid: string): Content =>
    link(["Use ", code(reference), rest], () => it.write(reference, true), testid);
  const offer = set
    ? use(set, ", which is set here", `set-${it.key}`)
    : suggested && use(suggested, "", `refer-${it.key}`);
  return said(["Paste the key, or start with ", code("$"), " for a reference to where it is kept. ", offer]);
}

export function settingNote(it: Setting): Content {
  const { text } = it;
  if (it.isLost) return told(it, "info", "What you typed here was not kept when you left the page. Type it again.");
  if (it.mode !== "typed" || it.form.panels.has(it.key)) return nothing;
  const owner = it.form.owner(text);
  const ofKey = owner && keyNote(it, owner);
  if (ofKey) return ofKey;
  if (mayBeReference(text)) return referenceNote(it);
  if (!it.view.sensitive) return nothing;
  if (!text.trim()) return emptyNote(it);
  const keep = link("Save it as a user secret", it.keepElsewhere);
  const offered = it.sealsIt || owner ? nothing : keep;
  return said(["Encrypted when you save. To enter a reference instead, start with $. ", offered], icon("lock"));
}
