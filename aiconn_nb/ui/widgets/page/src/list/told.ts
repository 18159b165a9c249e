/** What is told and asked within a list: notes, "undo", and the questions before something is deleted, trusted or overwritten. */
import {
  age,
  button,
  html,
  icon,
  newId,
  nothing,
  question,
  type Answer,
  type Content,
  type TemplateResult,
} from "../html";

export interface Told {
  readonly tone: string;
  readonly what: string;
  readonly hint?: string;
}

/** A note: what, and what to do. */
export function noteBox(
  { tone, what, hint }: Told,
  close: (() => void) | null,
  extra: Content = nothing,
): TemplateResult {
  const drawing = { good: "check", bad: "cross", warn: "warn" }[tone] ?? "info";
  return html`<div class="aiconn-note aiconn-${tone}">
    ${icon(drawing)}
    <div class="aiconn-note-words"><div>${what}</div>${hint ? html`<div class="aiconn-hint">${hint}</div>` : nothing}</div>
    ${extra}${close ? button({ kind: "quiet", icon: "close", label: "Dismiss", click: close }) : nothing}
  </div>`;
}

export interface Deletion {
  readonly number: number;
  readonly what: string;
  readonly hint?: string;
  readonly seconds: number;
}
/** "Undo", for some seconds, which a bar counts down. */
export function undoBar({ what, hint = "", seconds }: Deletion, undo: () => void): TemplateResult {
  const extra = button({ icon: "undo", text: "Undo", click: undo });
  return html`<div class="aiconn-undo">
    ${noteBox({ tone: "plain", what, hint }, null, extra)}
    <span class="aiconn-countdown" aria-hidden="true" style="animation-duration: ${seconds}s"></span>
  </div>`;
}

const aliases = (names: readonly string[]): Content =>
  names.map((name, i) => [i ? ", " : "", html`<code class="aiconn-code">${name}</code>`]);

/** What a deletion of connections does to `profiles`: which are left `broken`, and which go on with others. */
export function brokenProfiles(profiles: readonly string[], broken: readonly string[], them: string): Content {
  const line = (names: readonly string[], one: string, several: string): Content =>
    names.length
      ? html`<div>${names.length > 1 ? "The profiles " : "The profile "}${aliases(names)}${names.length > 1 ? several : one}</div>`
      : nothing;
  return [
    line(broken, ` depends on ${them} and would be left broken.`, ` depend on ${them} and would be left broken.`),
    line(
      profiles.filter((name) => !broken.includes(name)),
      " goes on with its other connections.",
      " go on with their other connections.",
    ),
  ];
}

export interface Difference {
  readonly id: string;
  readonly at: string;
  readonly pairs: readonly { readonly label: string; readonly here: string; readonly stored: string }[];
}
/** The two values of whatever differs. */
function differences({ pairs }: Difference): TemplateResult {
  if (!pairs.length)
    return html`<div class="aiconn-quiet-text">Its settings are different now; name, alias and switch are the same.</div>`;
  const line = (pair: Difference["pairs"][number]): TemplateResult =>
    html`<tr><th scope="row">${pair.label}</th><td><bdi>${pair.here}</bdi></td><td><bdi>${pair.stored}</bdi></td></tr>`;
  return html`<table class="aiconn-differences">
    <thead><tr><td></td><th scope="col">Here</th><th scope="col">Stored now</th></tr></thead>
    <tbody>${pairs.map(line)}</tbody>
  </table>`;
}

export interface AskDelete {
  readonly what: string;
  readonly aliases?: readonly string[];
  readonly profiles?: readonly string[];
  readonly broken?: readonly string[];
  readonly active?: boolean;
  readonly changed?: readonly Difference[] | { readonly at: string } | null;
  readonly default?: string;
}

function deletionBody({
  aliases: names = [],
  profiles,
  broken = [],
  changed,
  default: capability,
}: AskDelete): Content {
  const many = names.length > 1;
  const them = many ? "them" : "it";
  const seen = Array.isArray(changed) ? (changed as readonly Difference[]) : [];
  const other = changed && !Array.isArray(changed) ? (changed as { at: string }) : null;
  return [
    many ? html`<div>${aliases(names)}</div>` : nothing,
    profiles?.length ? brokenProfiles(profiles, broken, them) : nothing,
    profiles && !profiles.length
      ? html`<div>No profile depends on ${them}. You can undo this right afterwards.</div>`
      : nothing,
    seen.map((each) => [html`<div>Somebody changed it since it was shown here.</div>`, differences(each)]),
    other ? html`<div>Somebody saved it ${age(other.at)}, after it was shown here.</div>` : nothing,
    capability ? html`<div>It is the default for ${capability}; there would be none.</div>` : nothing,
    profiles ? nothing : html`<div>Notebooks that name it will not find it. You can undo this right afterwards.</div>`,
  ];
}

/** Before a deletion: what depends on it, and the gentler way. `act(kind)`: "delete", "disable" or "cancel". */
export function deleteQuestion(
  asked: AskDelete,
  act: (kind: "delete" | "disable" | "cancel") => void,
): () => TemplateResult {
  const id = newId("ask");
  const depends = (asked.profiles?.length ?? 0) > 0;
  const answers: Answer[] = [
    { text: depends ? "Delete all the same" : "Delete", kind: "danger", first: !depends, act: () => act("delete") },
    ...(asked.active ? [{ text: "Disable instead", first: depends, act: () => act("disable") }] : []),
    { text: "Cancel", kind: "quiet", first: depends && !asked.active, act: () => act("cancel") },
  ];
  return () =>
    question({
      id,
      tone: "danger",
      title: asked.what,
      body: deletionBody(asked),
      answers,
      cancel: () => act("cancel"),
    });
}

/** Before a key goes to a host that it was not allowed for. `act(kind)`: "trust" or "cancel". */
export function trustQuestion(
  alias: string,
  what: string,
  act: (kind: "trust" | "cancel") => void,
): () => TemplateResult {
  const id = newId("ask");
  const body = html`<div>Whoever runs this host gets the key. Allow it only if this is the host that you mean.</div>`;
  const answers: Answer[] = [
    { text: "Allow it", act: () => act("trust") },
    { text: "Cancel", kind: "primary", first: true, act: () => act("cancel") },
  ];
  return () => question({ id, tone: "warn", title: `${alias} ${what}.`, body, answers, cancel: () => act("cancel") });
}

/** A row was saved by somebody else before it was switched here. `act(kind)`: "switch" or "keep". */
export function changedQuestion(
  each: Difference,
  active: boolean,
  act: (kind: "switch" | "keep") => void,
): () => TemplateResult {
  const id = newId("ask");
  const answers: Answer[] = [
    { text: "Keep what is stored", kind: "primary", first: true, act: () => act("keep") },
    { text: active ? "Switch it on all the same" : "Switch it off all the same", act: () => act("switch") },
  ];
  return () =>
    question({
      id,
      tone: "warn",
      title: `Changed ${age(each.at)} by somebody else. Nothing was overwritten.`,
      body: differences(each),
      answers,
      cancel: () => act("keep"),
    });
}
