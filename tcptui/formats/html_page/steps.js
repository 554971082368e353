"use strict";
(() => {
  // The document holds the sentences, the data the drawings; a step is shown by taking of both what is its.
  const at = (id) => document.getElementById(id);
  const data = JSON.parse(at("moments").textContent);
  const { table, steps, segments, styles } = data;
  const last = steps.length - 1;
  const scroll = at("scroll");
  const ladder = [...at("ladder").children]; // The rows as they are at the end.
  const LEAST = 1500, A_SIGN = 30, MOST = 6000; // Milliseconds that a step stays while playing.
  const SWIPE = 50; // Pixels from which on a touch that moves sideways is one.
  const narrow = matchMedia("(max-width: 42.99rem)");
  let here = 0;
  let selection = 0; // The number of the segment that the reader has selected; 0: the newest is followed.
  let playing = 0;
  let answered = null; // Whether the reader wants to see the answer; null: it comes at the end.

  function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  const drawn = new RegExp(data.drawn, "gu");

  function signs(text, into) {
    let end = 0;
    for (const found of text.matchAll(drawn)) {
      const made = element("i", found[2] ? "sign" : "", found[0]);
      made.ariaHidden = "true";
      into.append(text.slice(end, found.index), made);
      end = found.index + found[0].length;
    }
    into.append(text.slice(end));
    return into;
  }

  function line(place) {
    const spans = table[place];
    if (typeof spans === "number") return ladder[spans].cloneNode(true);
    const row = element("span");
    spans.forEach((span, index) => {
      if (typeof span === "number") return;
      const style = styles[span.charCodeAt(0) - 65];
      const count = typeof spans[index + 1] === "number" ? spans[index + 1] : 1;
      const text = span.slice(1) + span.slice(-1).repeat(count - 1);
      const made = signs(text, element("span", style));
      if (style === "bar" || style === "space") made.ariaHidden = "true";
      row.append(...(style === "plain" ? made.childNodes : [made]));
    });
    return row;
  }

  // A number below 0 in a drawing stands for so many rows of the one before.
  for (const name of ["A", "B", "wide", "narrow", "rows"]) {
    let before = [];
    for (const step of steps) {
      const rows = [];
      for (const one of step[name]) {
        if (one < 0) rows.push(...before.slice(rows.length, rows.length - one));
        else rows.push(one);
      }
      before = step[name] = rows;
    }
  }
  let told = {};
  for (const step of steps) told = step.fates = { ...told, ...step.fates };

  const draw = (id, places) => at(id).replaceChildren(...places.flatMap((place) => [line(place), "\n"]));

  function showLadder(step) {
    draw("ladder", narrow.matches ? step.narrow : step.wide);
    const chosen = selected();
    let seen = null;
    [...at("ladder").children].forEach((row, place) => {
      const number = step.rows[place];
      if (!number) return;
      row.dataset.number = number;
      if (number === selection) row.className = "selected";
      if (number === chosen) seen = row;
    });
    if (!selection) scroll.scrollTop = scroll.scrollHeight;
    else if (seen) {
      const top = seen.offsetTop - at("ladder").offsetTop;
      scroll.scrollTop = Math.max(0, top - scroll.clientHeight / 2);
    }
  }

  function selected() {
    const { launched } = steps[here];
    return selection && selection <= launched ? selection : launched;
  }

  function box([bits, text, heard]) {
    const cell = element("td");
    cell.colSpan = bits;
    if (heard === undefined) cell.append(table[text]);
    else {
      const sign = element("span", "", table[text]);
      sign.ariaHidden = "true";
      cell.append(sign, element("span", "heard", table[heard]));
    }
    return cell;
  }

  function showSegment() {
    const number = selected();
    at("segment").hidden = !number;
    if (!number) return;
    const one = segments[number - 1];
    const header = at("header");
    const open = header.querySelector("details")?.open ?? false;
    const title = at("segment-title");
    title.textContent = `${title.dataset.name ??= title.textContent}  ${table[one.title]}`;
    const figure = element("table", "", element("tbody", "",
      ...one.words.map((word) => element("tr", "", ...table[word].map(box)))));
    figure.ariaLabel = title.textContent;
    const purposes = element("details", "", element("summary", "", header.dataset.purposes),
      element("dl", "", ...one.fields.flatMap((word) => table[word]).flatMap(([text, purpose]) =>
        [element("dt", "", table[text]), element("dd", "", table[purpose])])));
    purposes.open = open;
    header.replaceChildren(figure,
      ...one.behind.map((text) => element("p", "", table[text])),
      ...(steps[here].fates[number] ?? []).map(([name, text, source]) =>
        element("p", "why", element("span", "dim", `${table[name]}: `), table[text],
          ...(table[source] ? [" ", element("cite", "rule", table[source])] : []))),
      element("p", "octets dim", one.octets.replace(/..(?=.)/g, "$& ") + (one.more ? " …" : "")), purposes);
  }

  function showTold() {
    const all = [...at("steps").children];
    all.forEach((one, place) => {
      if (place === here) one.setAttribute("aria-current", "step");
      else one.removeAttribute("aria-current");
    });
    at("told").replaceChildren(...[...all[here].childNodes].map((node) => node.cloneNode(true)));
    const answer = at("answer");
    if (answer) {
      const shown = answered ?? (here === last && answer.dataset.atEnd === "true");
      answer.hidden = !shown;
      at("question").ariaPressed = String(shown);
    }
  }

  function show() {
    const step = steps[here];
    draw("a-pane", step.A);
    draw("b-pane", step.B);
    step.titles.forEach(([title, address], place) => {
      at(`${"ab"[place]}-title`).textContent = table[title];
      at(`${"ab"[place]}-address`).textContent = table[address];
    });
    at("next").textContent = table[step.next];
    at("place").value = here;
    at("place").ariaValueText = at("steps").children[here].querySelector("h3").textContent;
    at("count").textContent = `${here} / ${last}`;
    for (const id of ["home", "back"]) at(id).ariaDisabled = String(here === 0);
    for (const id of ["step", "end"]) at(id).ariaDisabled = String(here === last);
    showLadder(step);
    showSegment();
    showTold();
  }

  function go(place) {
    here = Math.max(0, Math.min(place, last));
    answered = null;
    show();
    // A page within another one may have no address of its own.
    if (location.protocol !== "about:") history.replaceState(null, "", `#${here}`);
  }

  function stop() {
    clearTimeout(playing);
    playing = 0;
    at("play").ariaPressed = "false";
    at("told").ariaLive = "polite";
  }

  function byHand(place) {
    stop();
    go(place);
  }

  function play() {
    if (playing) return stop();
    at("play").ariaPressed = "true";
    at("told").ariaLive = "off";
    const later = () => {
      const stays = Math.min(MOST, Math.max(LEAST, A_SIGN * at("told").textContent.length));
      playing = setTimeout(() => {
        go(here + 1);
        if (here < last) later();
        else stop();
      }, stays);
    };
    if (here === last) go(0);
    return later();
  }

  function select(by) {
    const { launched } = steps[here];
    if (launched) selection = Math.max(1, Math.min(selected() + by, launched));
    show();
  }

  function follow() {
    selection = 0;
    answered = false;
    show();
  }

  function ask() {
    if (!at("answer")) return;
    answered = at("answer").hidden;
    show();
  }

  const actions = {
    home: () => byHand(0),
    back: () => byHand(here - 1),
    step: () => byHand(here + 1),
    end: () => byHand(last),
    play,
    question: ask,
  };
  const keys = {
    " ": actions.step, ArrowRight: actions.step, b: actions.back, ArrowLeft: actions.back,
    Home: actions.home, End: actions.end, ArrowUp: () => select(-1), ArrowDown: () => select(1),
    p: play, Q: ask, Escape: follow,
  };

  addEventListener("keydown", (event) => {
    const action = keys[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    // What has the focus has its own keys: a button the space, the slider all that move it.
    const focused = event.target instanceof Element ? event.target.closest("button, summary, input") : null;
    if (focused && (event.key === " " || (focused.id === "place" && event.key.length > 1))) return;
    event.preventDefault();
    action();
  });

  for (const [id, action] of Object.entries(actions)) {
    at(id).addEventListener("click", action);
    at(id).addEventListener("mousedown", (event) => event.preventDefault()); // The keys stay the page's.
  }
  if (!at("answer")) at("question").hidden = true;
  at("place").addEventListener("input", () => byHand(Number(at("place").value)));
  at("ladder").addEventListener("click", (event) => {
    const row = event.target.closest("[data-number]");
    if (!row) return;
    selection = Number(row.dataset.number);
    show();
  });
  at("steps").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    byHand([...at("steps").children].indexOf(link.closest("li")));
  });

  const watched = new ResizeObserver(() => {
    scroll.classList.toggle("sideways", scroll.scrollWidth > scroll.clientWidth + 1);
  });
  watched.observe(scroll);
  watched.observe(at("ladder"));
  const page = document.documentElement.classList; // Of a page that is enlarged a finger moves what is seen.
  visualViewport.addEventListener("resize", () => page.toggle("enlarged", visualViewport.scale > 1));

  let touched = null;
  addEventListener("touchstart", (event) => {
    const moves = event.target.closest(".enlarged, #scroll.sideways, #place");
    touched = event.touches.length === 1 && !moves ? event.touches[0] : null;
  }, { passive: true });
  addEventListener("touchcancel", () => { touched = null; });
  addEventListener("touchend", (event) => {
    if (!touched) return;
    const [end] = event.changedTouches;
    const x = end.clientX - touched.clientX, y = end.clientY - touched.clientY;
    touched = null;
    if (Math.abs(x) >= SWIPE && Math.abs(x) > 2 * Math.abs(y)) byHand(here + (x < 0 ? 1 : -1));
  }, { passive: true });

  const named = () => {
    // Without JavaScript a step is named as an element of the list; to that the browser has scrolled.
    const [, element, place] = /^#(step-)?(\d+)$/.exec(location.hash) ?? [];
    if (element) scrollTo({ top: 0, behavior: "instant" });
    return Number(place ?? 0);
  };
  addEventListener("hashchange", () => byHand(named()));
  narrow.addEventListener("change", show);
  let kept = null;
  addEventListener("beforeprint", () => {
    kept = [here, selection, at("all").open];
    [here, selection] = [last, 0];
    answered = true;
    at("all").open = true;
    if (at("answer")) document.querySelector("main").append(at("answer"));
    show();
  });
  addEventListener("afterprint", () => {
    [here, selection, at("all").open] = kept;
    answered = null;
    placeAnswer();
    show();
  });

  // With all steps in the document the answer is the last; where one is shown, it stands with that.
  function placeAnswer() {
    if (at("answer")) at("now").after(at("answer"));
  }

  page.add("js");
  at("all").open = false;
  placeAnswer();
  for (const id of ["controls", "now", "keys"]) at(id).hidden = false;
  go(named());
})();
