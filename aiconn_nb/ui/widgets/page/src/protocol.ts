/** Written by `python -m aiconn_nb.ui.widgets.protocol`; what goes between the kernel and a page. */

/** Where a part is shown: at these browser tabs, and whether at others. */
export interface Where {
  readonly seats: Readonly<Record<string, boolean>>;
  readonly others: boolean;
}

/** The content of a panel, from top to bottom. `text` is shown as it is, such as the reply of a model. `copy` is a line of code, with the words before it. */
export interface Body {
  readonly help?: readonly (readonly string[])[];
  readonly lines?: readonly string[];
  readonly tables?: readonly Table[];
  readonly inputs?: readonly Input[];
  readonly steps?: readonly Step[];
  readonly items?: readonly Item[];
  readonly error?: string;
  readonly text?: string;
  readonly foot?: string;
  readonly copy?: readonly string[];
  readonly answers?: readonly Answer[];
}

/** Values side by side. The first cell of a row is its label. Without rows, it says `none`. */
export interface Table {
  readonly caption: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly none: string;
}

/** An input. A `key` is hidden; `lines` are a text of several lines; a `choice` is one of its pairs of value and label; a `side` is one of two texts, each with a value and a label; a `reference` suggests the known keys. */
export interface Input {
  readonly name: string;
  readonly kind: "key" | "text" | "code" | "lines" | "choice" | "side" | "reference";
  readonly label: readonly string[];
  readonly testid: string;
  readonly value?: string;
  readonly choices?: readonly (readonly string[])[];
}

/** A step of an action: its state as a drawing and in words. */
export interface Step {
  readonly title: string;
  readonly state: "passed" | "failed" | "unknown" | "skipped" | "running";
  readonly said: string;
  readonly detail: string;
  readonly hint: string;
  readonly time: string;
}

/** A part of a panel: its title, time and author, the `changes` (a label and one or two values each), and its buttons. */
export interface Item {
  readonly testid: string;
  readonly title: string;
  readonly chip: string;
  readonly at: string;
  readonly by: string;
  readonly help: string;
  readonly changes: readonly (readonly string[])[];
  readonly answers: readonly Answer[];
  readonly table: Table | null;
}

/** A button: it sends an intent with the data, and with the inputs as `values`; without an intent, it closes the panel. `first`: it gets the focus when its question opens. `off`: it does nothing now. `expanded`: whether it has expanded something. In a form, `draft` also sends the content of the form; `stored`: afterwards the form shows the stored entry, whatever was typed; `discards` is asked first if that would lose input. In a list, `row` is the button of the row that gets the focus. */
export interface Answer {
  readonly text: string;
  readonly intent?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly kind?: "primary" | "danger" | "quiet" | "link";
  readonly icon?: string;
  readonly label?: string;
  readonly title?: string;
  readonly testid?: string;
  readonly first?: boolean;
  readonly off?: boolean;
  readonly draft?: boolean;
  readonly row?: string;
  readonly expanded?: boolean;
  readonly stored?: boolean;
  readonly discards?: Panel;
}

/** A panel; another one with its `id` replaces it. `close` labels a button that closes it. One with a `tone` is a question: an answer closes it, and the last one is harmless. A form shows it in place of its buttons, a list below the row at `place`, or else above all rows. A form's panel says `unsaved` while there is unsaved input, and `stale` once the form changes; its `place` is the tab "history" or a field, which does not let the form be saved while the panel has input, but says `waits`. */
export interface Panel extends Body {
  readonly id: string;
  readonly title: string;
  readonly tone?: "none" | "warn" | "danger";
  readonly place?: string;
  readonly said?: string;
  readonly close?: string;
  readonly unsaved?: string;
  readonly stale?: string;
  readonly waits?: string;
}

/** A list, which never changes. Its rows have these `tracks` of a grid, and are cards up to a width of `cards` pixels. */
export interface Setup extends Structure {
  readonly tracks: string;
  readonly cards: number;
}

/** The parts of a list. */
export interface Structure {
  readonly label: string;
  readonly create: string;
  readonly no_match: string;
  readonly columns: readonly Column[];
  readonly filters: readonly Filter[];
  readonly search: string;
  readonly searched: readonly string[];
  readonly search_label: string;
  readonly actions: readonly Action[];
  readonly bulk: readonly Answer[];
  readonly used: string;
  readonly used_words: string;
}

/** A column. `kind` says how to draw and sort its cells; `names` is the part of the view that translates its values. A row has its value at `path`, or else at `key`. */
export interface Column {
  readonly key: string;
  readonly path?: string;
  readonly title: string;
  readonly kind: "name" | "text" | "code" | "number" | "switch" | "state" | "age" | "links" | "tags";
  readonly width: string;
  readonly names?: string;
}

/** A filter of rows by the value at `path`: one of the `choices` (pairs), else of `names`, else of the rows' values. `through` is the part of the view that translates values. A switch, or a value that is missing, is "yes" or "no". */
export interface Filter {
  readonly key: string;
  readonly label: string;
  readonly every: string;
  readonly path: string;
  readonly names?: string;
  readonly choices?: readonly (readonly string[])[];
  readonly through?: string;
}

/** A button of a row. It is on while the row has `pressed`, off while it has `off`; `{who}` in a label is the row. */
export interface Action {
  readonly do: string;
  readonly icon: string;
  readonly words: string;
  readonly intent?: string;
  readonly pressed?: string;
  readonly release?: string;
  readonly release_title?: string;
  readonly label?: string;
  readonly title?: string;
  readonly off?: string;
}

/** The rows of a list, which travel as one JSON text, or an error. `failures` says why tests failed or cannot tell. */
export interface ListView {
  readonly kind: "list" | "profiles" | "error";
  readonly turn?: number;
  readonly environment?: Environment;
  readonly providers?: Readonly<Record<string, string>>;
  readonly capabilities?: Readonly<Record<string, readonly string[]>>;
  readonly rows?: readonly Row[];
  readonly usual?: Readonly<Record<string, Usual>>;
  readonly failures?: Readonly<Record<string, Note>>;
  readonly notices?: readonly Note[];
  readonly empty?: Empty;
  readonly states?: Readonly<Record<string, string>>;
}

/** The environment for references, and the alternatives. */
export interface Environment {
  readonly name: string;
  readonly origin: string;
  readonly choices: readonly string[];
}

/** A connection or profile in a list; false values are left out. */
export interface Row {
  readonly id: string;
  readonly alias: string;
  readonly name: string;
  readonly modified: string;
  readonly version: number;
  readonly provider?: string;
  readonly active?: boolean;
  readonly resolves?: State;
  readonly used?: boolean;
  readonly test?: State;
  readonly capability?: string;
  readonly links?: readonly Link[];
  readonly more_links?: number;
  readonly model?: string;
  readonly health?: State;
  readonly tags?: readonly string[];
  readonly more_tags?: number;
  readonly default?: boolean;
  readonly cells?: Readonly<Record<string, string | number | boolean>>;
}

/** A cell of kind `state`: a text with the mark of its tone, the time (`when`) or words (`more`) below it, and its rank in the order. Its title says more: by default `more`, or else the `Usual.fault` of the column and the text. */
export interface State {
  readonly tone: "good" | "old" | "warn" | "bad" | "none" | "info" | "running";
  readonly text: string;
  readonly rank: number;
  readonly title?: string;
  readonly when?: string;
  readonly outdated?: boolean;
  readonly more?: string;
  readonly busy?: boolean;
  readonly missing?: boolean;
  readonly offers?: boolean;
}

/** A connection of a profile; without a state it is ready. */
export interface Link {
  readonly alias: string;
  readonly state?: string;
}

/** The state of most rows, which they leave out. `offer` is the button of a state that `offers` it. */
export interface Usual extends State {
  readonly fault?: string;
  readonly offer?: Offer;
}

/** A button in a cell; `{who}` in its label is the row. */
export interface Offer {
  readonly do: string;
  readonly text: string;
  readonly label: string;
}

/** A message: what happened, and a hint in another line. After `seconds`, its buttons disappear. `dismiss` is the intent that closes it. `alone`: it replaces the form, whose entry was deleted. */
export interface Note extends Body {
  readonly tone: string;
  readonly what: string;
  readonly hint: string;
  readonly seconds?: number;
  readonly alone?: boolean;
  readonly dismiss?: string;
  readonly testid?: string;
}

/** The content of a list without rows; `failed` if it could not be read. */
export interface Empty extends Body {
  readonly icon: string;
  readonly title: string;
  readonly failed?: boolean;
}

/** The tabs; a seat that is not listed shows the `chosen` one. */
export interface TabsView {
  readonly kind: "tabs";
  readonly tabs: readonly Tab[];
  readonly chosen: string;
  readonly seats: Readonly<Record<string, string>>;
}

/** A tab. */
export interface Tab {
  readonly id: string;
  readonly title: string;
}

/** The connection in use ('' for none), the alternatives, the environment with its warning, and a message. */
export interface BarView {
  readonly kind: "bar";
  readonly used: string;
  readonly choices: readonly string[];
  readonly environment?: Environment;
  readonly warning: string;
  readonly told: string;
}

/** The needs of a notebook, unmet ones first. */
export interface NeedsView {
  readonly kind: "needs";
  readonly title: string;
  readonly about: string;
  readonly missing: number;
  readonly rows: readonly NeedView[];
  readonly answers: readonly Answer[];
}

/** A need of a notebook, with its remedy. `lack` says in a word why it is not met, or that it is. */
export interface NeedView extends Body {
  readonly id: string;
  readonly kind: string;
  readonly alias: string;
  readonly words: string;
  readonly lack: string;
  readonly state: "missing" | "done" | "ready";
}

/** A form: the edited entry, and the choices. Of its `buttons`, those to leave and to save come last. */
export interface FormView {
  readonly kind: "form" | "profile";
  readonly title: string;
  readonly words: FormWords;
  readonly buttons: readonly Answer[];
  readonly environment: string;
  readonly shapes: readonly Shape[];
  readonly stored: Stored | null;
  readonly kinds: readonly KindView[];
  readonly shared?: Readonly<Record<string, FieldView>>;
  readonly picked?: string;
  readonly connections?: readonly Choosable[];
}

/** The words of a form. `pick` names the first choice. The alias has a help while it is `locked` and while it is `open`; `lock` says what locking it again does. */
export interface FormWords {
  readonly noun: string;
  readonly about: string;
  readonly pick: "provider" | "capability";
  readonly picker: string;
  readonly fixed: string;
  readonly switch: string;
  readonly switch_about: string;
  readonly locked: string;
  readonly open: string;
  readonly lock: string;
  readonly elsewhere: string;
}

/** The shape of an owner's keys; `key` is one of them in words. */
export interface Shape {
  readonly owner: string;
  readonly key: string;
  readonly pattern: string;
}

/** The stored entry of a form. `kind` is its provider or capability; `mark`: in use, or the default. `models` has the model of each connection with its own, by the connection's id. `note` is said when the form starts. */
export interface Stored {
  readonly id: string;
  readonly alias: string;
  readonly name: string;
  readonly kind: string;
  readonly active: boolean;
  readonly version: number;
  readonly modified: string;
  readonly mark: string;
  readonly settings: Readonly<Record<string, SettingView>>;
  readonly connections?: readonly string[];
  readonly models?: Readonly<Record<string, string>>;
  readonly note?: Note | null;
}

/** A setting: its text, or only that it is secret, with its buttons. */
export interface SettingView {
  readonly sealed?: boolean;
  readonly answers?: readonly Answer[];
  readonly text?: string;
}

/** A provider or capability for selection, below `group`; `default` is the alias of its default profile. What it lacks is a `tag` (a tone and words) and a `note`. One that is `broken` has no fields and cannot be chosen. A text in `fields` is a key of the form's `shared`. */
export interface KindView {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly fields: readonly (FieldView | string)[];
  readonly example: string;
  readonly group?: string;
  readonly group_help?: Readonly<Record<string, string>>;
  readonly folded?: readonly string[];
  readonly default?: string;
  readonly broken?: string;
  readonly tag?: readonly string[];
  readonly note?: Note;
  readonly shapes?: readonly string[];
}

/** A field for display. Its `type` selects the component. `choices` are pairs of a value and a label, '' for none. */
export interface FieldView {
  readonly key: string;
  readonly label: string;
  readonly help: string;
  readonly type: string;
  readonly required: boolean;
  readonly optional?: boolean;
  readonly sensitive?: boolean;
  readonly group?: string;
  readonly choices?: readonly (readonly string[])[];
  readonly placeholder?: string;
  readonly inputmode?: string;
  readonly suggested?: string;
  readonly set?: string;
  readonly least?: number | null;
  readonly most?: number | null;
}

/** A connection that a profile may use. */
export interface Choosable {
  readonly id: string;
  readonly alias: string;
  readonly name: string;
  readonly provider: string;
  readonly can: readonly string[];
  readonly state: string;
  readonly tone: string;
  readonly words: string;
}

/** The messages of a list. */
export interface ListMessages {
  readonly welcome: ListWelcome;
  readonly note: Note;
  readonly made: Made;
  readonly deleted: Deletion;
  readonly undone: Undone;
  readonly rows: RowsChanged;
  readonly panel: Panel;
}

/** The filters and sorting of the list, and the message to a page on arrival. */
export interface ListWelcome {
  readonly look: Readonly<Record<string, string | number | boolean>>;
  readonly deleted: readonly Deletion[];
  readonly note?: Note;
  readonly focus?: string;
}

/** A deletion that can be undone for some seconds. */
export interface Deletion extends Note {
  readonly number: number;
}

/** A new row. */
export interface Made {
  readonly id: string;
}

/** The restored entries, and those that could not be restored. */
export interface Undone {
  readonly number: number;
  readonly id: string | null;
  readonly left: Deletion | null;
}

/** Some changed rows. A message with an older turn than the last one is ignored. */
export interface RowsChanged {
  readonly turn: number;
  readonly rows: readonly PatchedRow[];
}

/** A row with the reason why its test failed. */
export interface PatchedRow extends Row {
  readonly failure: Note | null;
}

/** The messages of the bar. */
export interface BarMessages {
  readonly note: Note;
  readonly focus: Focus;
}

/** The element that gets the focus. */
export interface Focus {
  readonly what: string;
}

/** The messages of a notebook's requirements. */
export interface NeedsMessages {
  readonly note: Note;
  readonly panel: Panel;
}

/** The messages of a form. */
export interface FormMessages {
  readonly welcome: FormWelcome;
  readonly checked: Checked;
  readonly saved: Saved;
  readonly failed: Problems;
  readonly note: Note;
  readonly stir: Stir;
  readonly panel: Panel;
  readonly close: Close;
  readonly kept: Kept;
  readonly models: Models;
}

/** Earlier input, and whether the form takes the focus. */
export interface FormWelcome {
  readonly draft: Readonly<Record<string, unknown>> | null;
  readonly focus: boolean;
}

/** The results for the input. What the page already has of the known keys, the references that are `usual` for a field (each with a note), and the connections is left out. `model` is a note on the profile's model, and `models` has notes on the models of connections, by the connection's id. */
export interface Checked {
  readonly alias: AliasCheck;
  readonly environment: string;
  readonly meanwhile: Meanwhile | null;
  readonly references?: Readonly<Record<string, ReferenceView>>;
  readonly model?: string;
  readonly models?: Readonly<Record<string, string>>;
  readonly keys?: readonly string[];
  readonly usual?: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly connections?: readonly Choosable[];
}

/** The alias that a save would use, its problem, and a free alias. */
export interface AliasCheck {
  readonly value: string;
  readonly problem: string;
  readonly free: string;
}

/** What others did to the entry; `mark` identifies the event. */
export interface Meanwhile {
  readonly mark: string;
  readonly what: string;
}

/** What a reference resolves to in the current environment, or why it does not; and the values that it `hides`. */
export interface ReferenceView {
  readonly resolved: boolean;
  readonly words: readonly string[];
  readonly hides: string;
  readonly answers: readonly Answer[];
}

/** The entry was saved: the version of the matching view, and what to say. */
export interface Saved {
  readonly version: number;
  readonly note: Note;
}

/** The problems of fields as sentences, by field. */
export interface Problems {
  readonly problems: Readonly<Record<string, string>>;
}

/** A possible change: the page refreshes. */
export type Stir = Readonly<Record<string, never>>;

/** The panel that is not needed any more. */
export interface Close {
  readonly id: string;
}

/** A value was stored in the user secrets: the field gets its reference. */
export interface Kept {
  readonly field: string;
  readonly reference: string;
}

/** The list of a connection, and a line about it; without `models`, why it is missing. */
export interface Models {
  readonly id: string;
  readonly models?: readonly Model[];
  readonly line: string;
}

/** A model that a connection lists. */
export interface Model {
  readonly id: string;
  readonly note: string;
}

/** What a page asks for: one message with all that it needs. */
export type Intent = { readonly [key: string]: unknown };
/** What the kernel answers; a screen reader announces what is `said`. */
export interface Reply {
  readonly kind: string;
  readonly page?: string | null;
  readonly seq?: number | null;
  readonly turn?: number | null;
  readonly said?: string;
  readonly [key: string]: unknown;
}
