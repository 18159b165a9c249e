/** A notebook's requirements: unmet needs come first, each with its remedy; finished ones stay visible. */
import { textInput } from "./form/input";
import { Ground, type Model } from "./ground";
import {
  button,
  code,
  copyLine,
  html,
  icon,
  note,
  nothing,
  render,
  repeat,
  type Content,
  type TemplateResult,
} from "./html";
import type { NeedsMessages, NeedsView, NeedView, Note } from "./protocol";
import { newId, together } from "./words";

const STATES = {
  missing: { drawing: "bad", tone: "bad", words: "" },
  done: { drawing: "good", tone: "good", words: "done" },
  ready: { drawing: "good", tone: "none", words: "ready" },
};

export class Needs {
  readonly ground: Ground;
  private readonly id = newId("needs");
  private told: Note | null = null;
  /** Pasted values that are not stored yet, and their problems, by row. None of it is state. */
  private readonly values = new Map<string, string>();
  private readonly problems = new Map<string, string>();
  /** The environments in which the kernel found a stored value, by row: only there does the next save replace it. */
  private readonly existing = new Map<string, unknown>();

  constructor(
    private readonly model: Model,
    host: HTMLElement,
  ) {
    this.ground = new Ground(model, host, "What this notebook needs");
    this.ground.root.classList.add("aiconn-needs");
    this.ground.root.dataset["testid"] = "needs";
    this.ground.answer<NeedsMessages>({
      note: (message) => {
        this.told = message;
        this.ground.say(`${message.what} ${message.hint}`);
        this.draw();
      },
      kept: ({ field, done, what, hint, exists }, { environment }) => {
        if (done) this.values.delete(field);
        const found = exists && `${exists} Save again to replace it.`;
        this.problems.set(field, done ? "" : together(found, what, hint));
        if (exists) this.existing.set(field, environment);
        else this.existing.delete(field);
        if (done) this.ground.say(done);
        this.draw();
      },
    });
    this.ground.hear("change:view", this.draw);
    this.ground.onReturn(() => this.ground.send("check"));
    this.draw();
    this.ground.onHere(() => this.ground.send("hello"));
  }

  private get view(): NeedsView {
    return this.model.get("view") as NeedsView;
  }
  private readonly ask = (intent: string, data: Record<string, unknown> = {}): void => {
    this.told = null;
    this.ground.send(intent, data);
  };

  // ---- the remedies ------------------------------------------------------------------------------------------------------

  private remedy(row: NeedView): Content {
    const { does, alias, help, button: text, line, question } = row;
    if (does === "keep") return this.keeping(row);
    const click = (): void => this.ask(does, { alias, answers: question?.answers });
    return [
      help ? html`<p class="aiconn-help">${help}</p>` : nothing,
      text ? button({ text, testid: `${does}-${alias}`, click }) : nothing,
      line ? html`<p>${copyLine(line)}</p>` : nothing,
    ];
  }
  private keeping({ id, alias, reference = "", question }: NeedView): TemplateResult {
    const { environment } = this.view;
    const input = `${this.id}-${id.replace(/\W/g, "-")}`;
    const problem = this.problems.get(id) ?? "";
    const keep = (answers?: readonly string[]): void =>
      this.ask("keep", {
        field: id,
        alias,
        answers,
        reference,
        value: this.values.get(id) ?? "",
        environment,
        replace: this.existing.get(id) === environment,
      });
    const field = textInput({
      id: input,
      testid: `value-${alias}`,
      describedby: `${input}-error`,
      value: this.values.get(id) ?? "",
      hides: "always",
      isInvalid: problem !== "",
      input: (value) => this.values.set(id, value),
      keydown: (event) => {
        if (event.key === "Enter" && !event.isComposing) keep();
      },
    });
    const text = "Save and trust this host";
    const trusting = question && [
      html`<p class="aiconn-help">${code(alias)} ${question.what}. ${question.warning}</p>`,
      button({ text, testid: `keep-and-trust-${alias}`, click: () => keep(question.answers) }),
    ];
    return html`<label class="aiconn-help" for=${input}>Value for ${code(reference)}, encrypted for ${environment} on this machine</label>
      <div class="aiconn-need-value">${field}${button({ text: "Save", testid: `keep-${alias}`, click: () => keep() })}</div>
      ${trusting}
      <p id="${input}-error" class="aiconn-error" role="alert" ?hidden=${!problem}>${problem}</p>`;
  }

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  private row(row: NeedView): TemplateResult {
    const { drawing, tone, words } = STATES[row.state];
    return html`<li class="aiconn-need" data-state=${row.state} data-testid="need-${row.alias}">
      <span class="aiconn-line aiconn-tone-${tone}">${icon(drawing)}${words || row.lack}</span>
      <div>
        <p><span class="aiconn-quiet-text">${row.kind}</span> ${code(row.alias)}: ${row.words}</p>
        ${this.remedy(row)}
      </div>
    </li>`;
  }
  private readonly draw = (): void => {
    const { missing, source, environment, rows, closable } = this.view;
    const close = (): void => {
      this.told = null;
      this.draw();
    };
    const title = missing ? `${missing} of ${rows.length} needs are not met` : "Ready: all needs are met";
    render(
      html`<div class="aiconn-head">
          <div>
            <div class="aiconn-title" role="heading" aria-level="2">${title}</div>
            <p class="aiconn-quiet-text">${source}, in ${environment}</p>
          </div>
          <div class="aiconn-line">
            ${button({ kind: "quiet", icon: "refresh", label: "Check again", click: () => this.ask("check") })}
            ${closable ? button({ kind: "quiet", icon: "close", label: "Close", testid: "needs-close", click: () => this.ask("close") }) : nothing}
          </div>
        </div>
        ${this.told ? note({ ...this.told, close }) : nothing}
        <ul class="aiconn-plain">
          ${repeat(
            rows,
            ({ id }) => id,
            (row) => this.row(row),
          )}
        </ul>`,
      this.ground.root,
    );
  };
}
