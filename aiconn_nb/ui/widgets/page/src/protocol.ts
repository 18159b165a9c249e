/** Written by `python -m aiconn_nb.ui.widgets.protocol`; what goes between the kernel and a page. */

/** Where a part is shown: at these browser tabs, and whether at others. */
export interface Where {
  readonly seats: Readonly<Record<string, boolean>>;
  readonly others: boolean;
}

/** A column. `kind` says how its cells are drawn and sorted; `names` is the part of the view that translates its values. A row has its value at `path`, or else at `key`. */
export interface Column {
  readonly key: string;
  readonly path?: string;
  readonly title: string;
  readonly kind: "name" | "text" | "code" | "number" | "switch" | "resolves" | "test" | "age" | "links" | "health";
  readonly width: string;
  readonly names?: string;
}

/** A choice among rows, by the value at `path`: one of the `choices` (pairs), else of `names`, else of the rows'. */
export interface Filter {
  readonly key: string;
  readonly label: string;
  readonly every: string;
  readonly path: string;
  readonly names?: string;
  readonly choices?: readonly (readonly string[])[];
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
  readonly said?: string;
}

/** A button for all rows that are selected. */
export interface Bulk {
  readonly text: string;
  readonly icon?: string;
  readonly intent: string;
  readonly active?: boolean;
  readonly said?: string;
  readonly begun?: string;
}

/** A sentence; every other part of it is code. */
export interface EmptyLine {
  readonly parts: readonly string[];
  readonly quiet?: boolean;
  readonly unless?: string;
}

/** What can be done where there is nothing; `when` and `unless` name a flag of the view. */
export interface EmptyButton {
  readonly text: string;
  readonly icon: string;
  readonly intent: string;
  readonly primary?: boolean;
  readonly when?: string;
  readonly unless?: string;
}

/** What is shown where there are no rows. */
export interface Empty {
  readonly icon: string;
  readonly title: string;
  readonly lines: readonly EmptyLine[];
  readonly buttons: readonly EmptyButton[];
}

/** What a list is made of. It never changes. */
export interface Setup {
  readonly label: string;
  readonly create: string;
  readonly no_match: string;
  readonly columns: readonly Column[];
  readonly filters: readonly Filter[];
  readonly search: string;
  readonly searched: readonly string[];
  readonly search_label: string;
  readonly actions: readonly Action[];
  readonly bulk: readonly Bulk[];
  readonly used: string;
  readonly used_words: string;
  readonly empty: Empty;
}

/** The environment that references are resolved in, and what else there is to choose. */
export interface Environment {
  readonly name: string;
  readonly origin: string;
  readonly choices: readonly string[];
}

/** How far a test has come, or how it ended. */
export interface RunningTest {
  readonly running?: string;
  readonly ok?: boolean;
  readonly at?: string;
  readonly seconds?: number;
  readonly failed?: string;
  readonly unknown?: boolean;
  readonly outdated?: boolean;
}

/** A connection of a profile; without a state it is ready. */
export interface Link {
  readonly alias: string;
  readonly state?: string;
}

/** How a profile is. */
export interface Health {
  readonly tone: "good" | "warn" | "bad" | "none" | "info";
  readonly title: string;
  readonly words?: string;
}

/** A connection or a profile in a list; what is not the case is left out. */
export interface Row {
  readonly id: string;
  readonly alias: string;
  readonly name: string;
  readonly modified: string;
  readonly version: number;
  readonly provider?: string;
  readonly active?: boolean;
  readonly missing?: string;
  readonly untrusted?: string;
  readonly used?: boolean;
  readonly test?: RunningTest;
  readonly capability?: string;
  readonly links?: readonly Link[];
  readonly more_links?: number;
  readonly model?: string;
  readonly health?: Health;
  readonly tags?: readonly string[];
  readonly more_tags?: number;
  readonly default?: boolean;
  readonly cells?: Readonly<Record<string, string | number | boolean>>;
}

/** The first rung of a test that failed, or could not tell, and what to do. */
export interface Failure {
  readonly rung: string;
  readonly what: string;
  readonly hint: string;
  readonly unknown?: boolean;
}

/** The rows of a list, or why there are none. */
export interface ListView {
  readonly kind: "list" | "profiles" | "error";
  readonly what?: string;
  readonly hint?: string;
  readonly turn?: number;
  readonly environment?: Environment;
  readonly providers?: Readonly<Record<string, string>>;
  readonly rows?: readonly Row[];
  readonly failures?: Readonly<Record<string, Failure>>;
  readonly notes?: readonly string[];
  readonly has_form?: boolean;
  readonly has_demo?: boolean;
  readonly has_connections?: boolean;
  readonly has_manager?: boolean;
  readonly states?: Readonly<Record<string, string>>;
}

/** A tab. */
export interface Tab {
  readonly id: string;
  readonly title: string;
}

/** The tabs; at a seat that is not named the `chosen` one is shown. */
export interface TabsView {
  readonly kind: "tabs";
  readonly tabs: readonly Tab[];
  readonly chosen: string;
  readonly seats: Readonly<Record<string, string>>;
}

/** What a form says of what it edits. `pick` names what is picked first, `test` what a test looks at first. */
export interface FormWords {
  readonly noun: string;
  readonly about: string;
  readonly pick: "provider" | "capability";
  readonly picker: string;
  readonly fixed: string;
  readonly switch: string;
  readonly switch_about: string;
  readonly follows: string;
  readonly test?: string;
}

/** What the keys of an owner look like. */
export interface Shape {
  readonly owner: string;
  readonly name: string;
  readonly pattern: string;
}

/** A setting: its text, or only that it is kept secret. */
export interface SettingView {
  readonly sealed?: boolean;
  readonly text?: string;
}

/** What would be sent to a host, and the answers that allow it. */
export interface TrustQuestion {
  readonly what: string;
  readonly answers: readonly string[];
}

/** What a form edits, as it is stored. `kind` is its provider or capability; `mark`: in use, or the default. */
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
  readonly untrusted?: TrustQuestion | null;
}

/** A field as it is drawn. Its `type` says which component it is. */
export interface FieldView {
  readonly key: string;
  readonly label: string;
  readonly help: string;
  readonly type: string;
  readonly required: boolean;
  readonly optional?: boolean;
  readonly sensitive?: boolean;
  readonly group?: string;
  readonly default?: string | null;
  readonly choices?: readonly string[];
  readonly placeholder?: string;
  readonly suggested?: string;
  readonly least?: number | null;
  readonly most?: number | null;
}

/** A provider or a capability, as one can be picked, below `group`; `default` is the alias of its default profile. */
export interface KindView {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly fields: readonly FieldView[];
  readonly use: string;
  readonly example: string;
  readonly group?: string;
  readonly group_help?: Readonly<Record<string, string>>;
  readonly default?: string;
  readonly capabilities?: readonly string[];
  readonly missing?: readonly string[];
  readonly install?: string;
  readonly broken?: string;
  readonly shapes?: readonly string[];
}

/** A connection that a profile may name. */
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

/** A form: what it edits, and what there is to choose from. */
export interface FormView {
  readonly kind: "form" | "profile";
  readonly title: string;
  readonly words: FormWords;
  readonly environment: string;
  readonly shapes: readonly Shape[];
  readonly stored: Stored | null;
  readonly kinds: readonly KindView[];
  readonly picked?: string;
  readonly connections?: readonly Choosable[];
}

/** A deletion that can be undone for so many seconds. */
export interface Deletion {
  readonly number: number;
  readonly what: string;
  readonly hint: string;
  readonly seconds: number;
}

/** Something told in one line, and in another what to do. */
export interface Note {
  readonly tone: string;
  readonly what: string;
  readonly hint: string;
}

/** How the list is looked at, and what a page is told on arrival. */
export interface ListWelcome {
  readonly look: Readonly<Record<string, string | number | boolean>>;
  readonly deleted: readonly Deletion[];
  readonly note?: Note;
  readonly focus?: string;
}

/** A row that is new. */
export interface Made {
  readonly id: string;
  readonly what: string;
}

/** What is back, and what could not be brought back. */
export interface Undone {
  readonly number: number;
  readonly id: string | null;
  readonly what: string;
  readonly left: Deletion | null;
}

/** A row with why its test failed. */
export interface PatchedRow {
  readonly id: string;
  readonly alias: string;
  readonly name: string;
  readonly modified: string;
  readonly version: number;
  readonly provider?: string;
  readonly active?: boolean;
  readonly missing?: string;
  readonly untrusted?: string;
  readonly used?: boolean;
  readonly test?: RunningTest;
  readonly capability?: string;
  readonly links?: readonly Link[];
  readonly more_links?: number;
  readonly model?: string;
  readonly health?: Health;
  readonly tags?: readonly string[];
  readonly more_tags?: number;
  readonly default?: boolean;
  readonly cells?: Readonly<Record<string, string | number | boolean>>;
  readonly failure: Failure | null;
}

/** Some rows that are different. What has an older turn than what is known is dropped. */
export interface RowsChanged {
  readonly turn: number;
  readonly rows: readonly PatchedRow[];
}

/** A version of something. */
export interface Seen {
  readonly id: string;
  readonly version: number;
}

/** A value on the page, and the one that is stored. */
export interface Pair {
  readonly label: string;
  readonly here: string;
  readonly stored: string;
}

/** What was saved after a page has seen it. */
export interface Difference {
  readonly id: string;
  readonly version: number;
  readonly at: string;
  readonly pairs: readonly Pair[];
}

/** Before a deletion: what depends on it, what it is the default of, and what was saved since the page has seen it. */
export interface AskDelete {
  readonly what?: string;
  readonly aliases?: readonly string[];
  readonly profiles?: readonly string[];
  readonly broken?: readonly string[];
  readonly active?: boolean;
  readonly used?: boolean;
  readonly default?: string;
  readonly rows?: readonly Seen[];
  readonly changed?: readonly Difference[];
}

/** Rows that were saved after the page has seen them, and were not switched. */
export interface SwitchRefused {
  readonly rows: readonly Difference[];
  readonly active: boolean;
}

/** The messages of a list. */
export interface ListMessages {
  readonly welcome: ListWelcome;
  readonly note: Note;
  readonly made: Made;
  readonly deleted: Deletion;
  readonly undone: Undone;
  readonly rows: RowsChanged;
  readonly ask_delete: AskDelete;
  readonly ask_trust: TrustQuestion;
  readonly changed: SwitchRefused;
}

/** What was typed before, and whether the form takes the focus. */
export interface FormWelcome {
  readonly draft: Readonly<Record<string, unknown>> | null;
  readonly focus: boolean;
}

/** The alias that a save would use, what is wrong with it, and a free one. */
export interface AliasCheck {
  readonly value: string;
  readonly problem: string;
  readonly free: string;
}

/** That something was saved, or deleted, since the form began with it. */
export interface Meanwhile {
  readonly gone: boolean;
  readonly modified?: string;
}

/** What becomes of a reference in the current environment. */
export interface ReferenceView {
  readonly resolved: boolean;
  readonly shown: string;
  readonly source: string;
  readonly hidden: readonly string[];
  readonly problem: string;
  readonly hint: string;
}

/** What would become of what is typed. `mark` names the keys and connections, which are left out where the page has them. */
export interface Checked {
  readonly alias: AliasCheck;
  readonly environment: string;
  readonly meanwhile: Meanwhile | null;
  readonly references?: Readonly<Record<string, ReferenceView>>;
  readonly model?: string;
  readonly keys?: readonly string[];
  readonly connections?: readonly Choosable[];
  readonly mark?: number;
}

/** What was saved; its version says which view belongs to it. */
export interface Saved {
  readonly what: string;
  readonly warnings: readonly string[];
  readonly alias: string;
  readonly version: number;
  readonly created: boolean;
}

/** Why something was not done, or what is wrong with which field. */
export interface Problem {
  readonly what?: string;
  readonly hint?: string;
  readonly problems?: Readonly<Record<string, string>>;
}

/** What was saved elsewhere: it, and the names of what differs from what the form began with. */
export interface FormChanged {
  readonly theirs: Stored;
  readonly changed: readonly string[];
  readonly settings: readonly string[];
  readonly connections?: readonly Choosable[];
}

/** What was deleted elsewhere. */
export interface Gone {
  readonly alias: string;
}

/** What was done, in one line. */
export interface Done {
  readonly what: string;
}

/** That something may be different: a page looks again. */
export type Stir = Readonly<Record<string, never>>;

/** What was deleted; for so many seconds it can be brought back. */
export interface FormDeleted {
  readonly what: string;
  readonly warnings: readonly string[];
  readonly seconds: number;
}

/** A field in two versions. */
export interface Change {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** A version that is kept. */
export interface Version {
  readonly version: number;
  readonly modified: string;
  readonly by: string;
  readonly first: boolean;
  readonly current: boolean;
  readonly changes: readonly Change[];
}

/** The versions that are kept, the newest first. */
export interface Versions {
  readonly versions: readonly Version[];
}

/** What differs between a version and now. */
export interface Compared {
  readonly version: number;
  readonly changes: readonly Change[];
}

/** A step of a test, and what it looks at `next`. */
export interface Rung {
  readonly name: string;
  readonly title: string;
  readonly state: string;
  readonly detail: string;
  readonly hint: string;
  readonly seconds: number;
  readonly next: string;
}

/** How far a test has come. */
export interface RungDone {
  readonly rung: Rung;
}

/** How a test ended, or why there was none. */
export interface Tested {
  readonly what?: string;
  readonly hint?: string;
  readonly problems?: Readonly<Record<string, string>>;
  readonly ok?: boolean;
  readonly verdict?: string;
  readonly summary?: string;
  readonly seconds?: number;
  readonly rungs?: readonly Rung[];
}

/** What became of a value that was to be kept as a user secret. */
export interface Kept {
  readonly field: string;
  readonly reference?: string;
  readonly done?: string;
  readonly exists?: string;
  readonly what?: string;
  readonly hint?: string;
}

/** A model that a connection lists. */
export interface Model {
  readonly id: string;
  readonly note: string;
}

/** The list of a connection, or why it cannot be had. */
export interface Models {
  readonly id: string;
  readonly models?: readonly Model[];
  readonly said?: string;
  readonly what?: string;
  readonly hint?: string;
}

/** The messages of a form. */
export interface FormMessages {
  readonly welcome: FormWelcome;
  readonly checked: Checked;
  readonly saved: Saved;
  readonly failed: Problem;
  readonly changed: FormChanged;
  readonly gone: Gone;
  readonly restored: Done;
  readonly trusted: Done;
  readonly stir: Stir;
  readonly note: Note;
  readonly ask_delete: AskDelete;
  readonly ask_trust: TrustQuestion;
  readonly deleted: FormDeleted;
  readonly history: Versions;
  readonly differs: Compared;
  readonly rung: RungDone;
  readonly tested: Tested;
  readonly kept: Kept;
  readonly models: Models;
}

/** What a page asks for: one message with all that it needs. */
export type Intent = { readonly [key: string]: unknown };
/** What the kernel answers. */
export interface Reply {
  readonly kind: string;
  readonly page?: string | null;
  readonly seq?: number | null;
  readonly turn?: number | null;
  readonly [key: string]: unknown;
}
