/** The template of a form. */
import { button, html, nothing, repeat, type Content, type TemplateResult } from "../html";
import { fieldset, foldedFieldset } from "./field";
import type { Form } from "./form";
import { fixedKind, sdkNote } from "./picker";

function body({ stored, words, content, picker }: Form): Content {
  const { kind, picked } = content;
  const groups = content.groups.map(([name, fields]) => {
    const rows = repeat(
      fields,
      ({ key }) => `${picked} ${key}`,
      (field) => field.template(),
    );
    const help = kind?.group_help?.[name] ?? "";
    if (!kind?.folded?.includes(name)) return fieldset(name, help, rows);
    const isOpen = fields.some(({ text, isWrong }) => text !== "" || isWrong);
    return foldedFieldset(name, help, rows, isOpen);
  });
  return [
    stored ? fixedKind(words, kind, stored) : picker.template(),
    sdkNote(kind),
    html`<div class="aiconn-stack" ?hidden=${!content.isPicked}>
      <div class="aiconn-row">${content.name.template()}${content.alias.template()}</div>
      ${content.active.template()} ${groups}
    </div>`,
  ];
}

function foot({ saving, leaving, stored, content, words, send, trial }: Form): TemplateResult {
  const remove = { kind: "quiet", icon: "delete", text: "Delete…", testid: "delete", click: () => send("ask_delete") };
  const click = saving.startTest;
  const test = { icon: "test", text: "Test", testid: "test-button", hidden: !content.isPicked, click };
  const attempt = { icon: "use", text: "Try…", title: "Try a prompt", testid: "try-button", click: trial.open };
  const insert = {
    icon: "add",
    text: "Cell",
    title: "Insert a cell that uses this",
    testid: "insert",
    click: () => send("insert"),
  };
  const text = saving.isBusy ? "Saving…" : stored ? "Save" : "Create";
  return html`${words.test ? button(test) : nothing} ${stored ? [button(attempt), button(insert), button(remove)] : nothing}<span class="aiconn-space"></span>
    ${button({ text: "Cancel", testid: "cancel", click: leaving.cancel })}
    ${button({ kind: "primary", text, testid: "save", click: () => saving.save() })}`;
}

const tested = ({ words, test, ground }: Form): Content =>
  words.test ? test.template(() => ground.find('[data-testid="test-button"]')?.focus()) : nothing;

export function formTemplate(form: Form): TemplateResult {
  const { stored, history, words, view, frame } = form;
  return frame.template({
    title: stored?.name ?? view.title,
    about: words.about,
    stored,
    environment: view.environment,
    tabs: stored ? history.tabs() : nothing,
    body: [body(form), stored ? history.template() : nothing],
    bodyId: history.bodyId,
    labelledby: stored ? history.labelledby : null,
    between: [form.rotation.template(), form.trial.template(), tested(form)],
    foot: foot(form),
  });
}
