/** How a form is drawn. */
import { button, html, nothing, repeat, type Content, type TemplateResult } from "../html";
import { fieldset } from "./field";
import type { Form } from "./form";
import { fixed, picker, sdkNote } from "./picker";

function body({ stored, words, view, content, pickerId }: Form): Content {
  const { kind, picked, pick } = content;
  const groups = content.groups.map(([name, fields]) => {
    const rows = repeat(
      fields,
      ({ key }) => `${picked} ${key}`,
      (field) => field.template(),
    );
    return fieldset(name, kind?.group_help?.[name] ?? "", rows);
  });
  return [
    stored ? fixed(words, kind, stored) : picker(pickerId, words, view.kinds, picked, pick),
    sdkNote(kind),
    html`<div class="aiconn-stack" ?hidden=${!content.isPicked}>
      <div class="aiconn-row">${content.name.template()}${content.alias.template()}</div>
      ${content.active.template()} ${groups}
    </div>`,
  ];
}

function foot({ saving, leaving, stored, content, words, send }: Form): TemplateResult {
  const remove = { kind: "quiet", icon: "delete", text: "Delete…", testid: "delete", click: () => send("ask_delete") };
  const click = saving.startTest;
  const test = { icon: "test", text: "Test", testid: "test-button", hidden: !content.isPicked, click };
  const text = saving.isBusy ? "Saving…" : stored ? "Save" : "Create";
  return html`${words.test ? button(test) : nothing} ${stored ? button(remove) : nothing}<span class="aiconn-space"></span>
    ${button({ text: "Cancel", testid: "cancel", click: leaving.cancel })}
    ${button({ kind: "primary", text, testid: "save", click: () => saving.save() })}`;
}

export function formTemplate(form: Form): TemplateResult {
  const { stored, history, words, view, test, ground, frame } = form;
  return frame.template({
    title: stored?.name ?? view.title,
    about: words.about,
    stored,
    environment: view.environment,
    tabs: stored ? history.tabs() : nothing,
    body: [body(form), stored ? history.template() : nothing],
    bodyId: history.bodyId,
    labelledby: stored ? history.labelledby : null,
    between: words.test ? test.template(() => ground.find('[data-testid="test-button"]')?.focus()) : nothing,
    foot: foot(form),
  });
}
