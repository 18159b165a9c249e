/* A connection is tested as it is typed, rung by rung. Joined behind form_life.js and form_parts.js. */

/** `form` is what all parts of the form share, `life` what form_life.js makes of it. */
function connectionTest(form, life) {
  let testing = 0; // the turn of the running test

  function start() {
    if (form.busy) return;
    if (!form.chosen) {
      life.save(); // which says what is missing
      return;
    }
    testing = life.nextTurn();
    form.parts.test.start();
    form.parts.test.node.scrollIntoView({ block: "nearest" });
    life.send("test", { turn: testing, ...form.collect(true) });
  }
  /** Wait for it no longer; answers whether one was running. */
  function stop() {
    if (!testing) return false;
    testing = 0;
    form.parts.test.stop();
    return true;
  }
  function close() {
    testing = 0;
    form.parts.test.stop();
    form.parts.testButton.focus();
  }
  function finish(answer) {
    testing = 0;
    if (answer.rungs) {
      form.parts.test.finish(answer);
      return;
    }
    form.parts.test.stop();
    if (answer.problems) {
      life.showProblems(answer.problems);
      form.ground.say("The test needs a complete form.");
    } else life.failed(answer);
  }

  return {
    start,
    stop,
    close,
    answers: {
      tested(answer) {
        if (answer.turn === testing) finish(answer);
      },
      rung(answer) {
        if (answer.turn === testing) form.parts.test.rung(answer.rung);
      },
    },
  };
}
