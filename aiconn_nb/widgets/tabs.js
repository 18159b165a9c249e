// The tabs: one is chosen, by a click or the arrow keys. What belongs to it is another widget, which the kernel puts beneath.

function render({ model, el: host }) {
  const ground = face({ model, el: host, label: "Manager", answers: {} });
  const list = el("div", { class: "aiconn-tablist", role: "tablist", "aria-label": "Manager", onkeydown: walk });
  ground.root.classList.add("aiconn-tabs");
  ground.root.append(list);
  const tabs = () => [...list.children];

  /** The tab that is chosen on this page. */
  function chosenHere() {
    const { seats, chosen } = model.get("view");
    return seats[ground.seat] ?? chosen;
  }

  function draw() {
    const { tabs: shown } = model.get("view");
    const chosen = chosenHere();
    keyed(list, shown, ({ id }) => id, makeTab, (node, { id, title }) => {
      text(node, title);
      attr(node, "aria-selected", String(id === chosen));
      attr(node, "tabindex", id === chosen ? "0" : "-1");
    });
  }

  function makeTab({ id }) {
    return el("button", { type: "button", role: "tab", class: "aiconn-tab", "data-tab": id, onclick: () => choose(id) });
  }

  function choose(id) {
    if (id !== chosenHere()) ground.ask("choose", { tab: id });
  }

  /** The arrow keys go round, Home and End to the ends; the tab that has the focus is chosen. */
  function walk(event) {
    const all = tabs();
    const at = all.indexOf(event.target);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    const tab = all[(next + all.length) % all.length];
    tab.focus();
    choose(tab.dataset.tab);
    event.preventDefault();
    event.stopPropagation();
  }

  model.on("change:view", draw);
  draw();
  ground.ask("hello"); // from now on this page stays where it is, whatever others choose
  return () => {
    model.off("change:view", draw);
    ground.remove();
  };
}

export default { render };
