/* What somebody else did to what is edited here: told while one types, and asked about when one saves. Joined behind form_frame.js. */

/** `form` is what all parts of a form share, `life` what form_life.js makes of it. */
function formMeanwhile(form, life) {
  const { model, noun } = form;
  const { stored } = life;
  let warned = ""; // of what was said already

  /** Somebody else saved or deleted it: said once for each time. */
  function tell(meanwhile) {
    if (!meanwhile || !life.dirty() || form.frame.asks || warned === JSON.stringify(meanwhile)) return;
    warned = JSON.stringify(meanwhile);
    form.frame.tell(
      "info",
      meanwhile.gone
        ? `${stored().alias} was deleted meanwhile. You can bring it back by saving.`
        : `${meanwhile.by || "Somebody"} saved this ${noun} ${age(meanwhile.modified)}. When you save, both versions are shown.`,
    );
  }

  /** They saved it: show both values of what they changed, where it is not the same. */
  function conflict(answer) {
    const { theirs } = answer;
    life.setBusy(false);
    form.frame.hush();
    const differs = form.differ(answer);
    const merge = () => {
      const wins = differs.wins();
      form.view = { ...form.view, stored: theirs };
      life.build();
      form.fill(wins);
      life.save();
    };
    const who = `${theirs.by || "Somebody"} saved ${theirs.alias} ${age(theirs.modified)}, while you were editing. Nothing was overwritten.`;
    const what = differs.any ? "Choose what to save:" : "What they changed is not what you changed.";
    form.frame.ask(
      `This ${noun} was changed meanwhile`,
      [el("p", {}, `${who} ${what}`), differs.node],
      [
        ["Save what is chosen", merge, "primary"],
        ["Take theirs", takeTheirs],
        ["Go on editing", null],
      ],
    );
  }

  function takeTheirs() {
    const next = model.get("view");
    if (next.stored?.version !== stored().version) {
      form.view = next;
      life.build();
    } else form.taking = true;
    life.check();
  }

  /** They deleted it. */
  function gone(answer) {
    life.setBusy(false);
    const mine = form.collect(true);
    const back = () =>
      life.restore(() => {
        form.fill(mine);
        life.save();
      });
    form.frame.ask(
      `${answer.alias} was deleted meanwhile`,
      [el("p", {}, "Another kernel deleted it. What you typed is still here.")],
      [
        ["Bring it back and save", back, "primary"],
        ["Go on editing", null],
      ],
    );
  }

  return { tell, conflict, gone };
}
