/** A notebook's requirements: unmet needs come first, each with its remedy; finished ones stay visible. */
import { Ground, type Model } from "./ground";
import { code, html, icon, nothing, render, repeat, type TemplateResult } from "./html";
import { answerButton, remedy, told, type Press } from "./panel";
import type { NeedsMessages, NeedsView, NeedView, Note, Panel } from "./protocol";
import { newId } from "./words";

const STATES = {
  missing: { drawing: "bad", tone: "bad" },
  done: { drawing: "good", tone: "good" },
  ready: { drawing: "good", tone: "none" },
};

export class Needs {
  readonly ground: Ground;
  private readonly id = newId("needs");
  private told: Note | null = null;
  /** What the kernel answered to this page, by row, as long as the row is the same. */
  private readonly answered = new Map<string, { readonly row: string; readonly panel: Panel }>();

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
      panel: (panel) => {
        const row = JSON.stringify(this.view.rows.find(({ id }) => id === panel.id));
        this.answered.set(panel.id, { row, panel });
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
  private readonly press: Press = ({ intent, data }, values) => {
    if (intent) this.ask(intent, { ...data, values });
  };
  private row(row: NeedView): TemplateResult {
    const { drawing, tone } = STATES[row.state];
    const answered = this.answered.get(row.id);
    const body = answered?.row === JSON.stringify(row) ? answered.panel : row;
    return html`<li class="aiconn-pair aiconn-need" data-state=${row.state} data-testid="need-${row.alias}">
      <p class="aiconn-line aiconn-tone-${tone}">${icon(drawing)}${row.lack}</p>
      <div class="aiconn-field">
        <p><span class="aiconn-quiet-text">${row.kind}</span> ${code(row.alias)}: ${row.words}</p>
        ${remedy(`${this.id}-${row.id.replace(/\W/g, "-")}`, body, this.press)}
      </div>
    </li>`;
  }
  private readonly draw = (): void => {
    const { title, about, rows, answers } = this.view;
    const close = (): void => {
      this.told = null;
      this.draw();
    };
    render(
      html`<div class="aiconn-line aiconn-ends aiconn-head">
          <div>
            <div class="aiconn-title" role="heading" aria-level="2">${title}</div>
            <p class="aiconn-quiet-text">${about}</p>
          </div>
          <div class="aiconn-line">
            ${answers.map((each) => answerButton(each, this.press))}
          </div>
        </div>
        ${this.told ? told(this.id, this.told, this.press, close) : nothing}
        <ul class="aiconn-ruled">
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
