// The desk of scenarios: the list, the one that plays with its steps, and the controls of its pace.
import { button, change, element, fill, icon, on, refill } from "./element.js";
import { showTranscript } from "./transcript.js";
import { readScenarios, scenario } from "./server.js";

const GROUPS = ["ordering", "prices", "payment", "delivery", "afterwards", "people"];
const SPEEDS = [0, 1, 2];
const SPEED_KEY = "scenario-speed";
const NEAR_THE_END = 60; // pixels from the bottom within which the steps scroll along by themselves
const MARKS = { met: "✓", unmet: "✗", error: "✗" };

/**
 * Make the desk. `page` has say, language, toast, copy, show(view), showPhone(userId), oneColumn() and
 * takeParameter(name), guideAway(). Returns { node, strip, handlers, phoneChosen(), play(name) }: `strip` tells of the scenario while
 * another desk is in view.
 */
export function makeScenarios(page) {
  const { say } = page;
  const listed = new Map(); // name → what the server says of it
  let state = null; // the latest performance, as the server tells it
  let lines = 0;
  let step = null; // the list of lines of the step that is going on
  let opened = false;

  const list = element("div", { class: "scenario-groups" });
  const title = element("h3", { class: "stage-title", tabindex: "-1" }, say("nothingPlays"));
  const chip = element("span", { class: "chip", hidden: true });
  const what = element("p", { class: "stage-what" }, say("nothingPlaysHint"));
  const steps = element("ol", { class: "steps" });
  const scroller = element("div", { class: "steps-scroller", role: "group", "aria-label": say("steps"), tabindex: "0", hidden: true }, steps);
  const announcer = element("p", { class: "unseen", role: "status" });
  const controls = makeControls();
  const strip = makeStrip();
  const node = element("div", { class: "scenarios" },
    element("section", { class: "panel scenario-stage", "aria-label": say("nowPlaying") },
      element("div", { class: "stage-head" }, title, chip), what, controls.node, scroller, announcer),
    element("section", { class: "panel scenario-list", "aria-labelledby": "title-scenario-list" },
      element("h3", { id: "title-scenario-list" }, say("whatToPlay")), list));

  const ready = readScenarios().then(({ ok, answer }) => {
    if (!ok) return refill(list, element("p", { class: "nothing" }, say("scenariosUnavailable")));
    for (const each of answer.scenarios) listed.set(each.name, each);
    return refill(list, GROUPS.map(drawGroup));
  });

  // -------------------------------------------------------------------------------------------- the list

  function drawGroup(group) {
    const members = [...listed.values()].filter((each) => each.group === group);
    const id = `scenarios-${group}`;
    return element("section", { class: "scenario-group", "aria-labelledby": id },
      element("h4", { id }, say(`group_${group}`)), element("ul", {}, members.map(drawListed)));
  }

  function drawListed(each) {
    const name = titleOf(each);
    const note = each.startWith
      ? element("p", { class: "scenario-note" }, say("startRunWith"), " ", element("code", {}, `${each.startWith} make run`))
      : each.shortens
        ? element("p", { class: "scenario-note" }, say("shortensTimes"), " ", element("code", {}, each.shortens))
        : each.byTheClock && element("p", { class: "scenario-note" }, say("byTheClock"));
    return element("li", { class: "scenario", "data-scenario": each.name },
      button({ class: "play-button", "aria-label": say("playThis", { title: name }), title: say("playThis", { title: name }), disabled: Boolean(each.startWith) },
        () => play(each.name), icon("play")),
      element("div", {}, element("p", { class: "scenario-title" }, name, " ", element("code", {}, each.name)),
        element("p", { class: "scenario-what" }, each.what[page.language]), note));
  }

  const titleOf = (each) => each.title[page.language];

  // -------------------------------------------------------------------------------------------- playing

  async function play(name, speed = controls.speed()) {
    controls.follow(true);
    const { ok, answer } = await scenario.play(name, speed);
    if (!ok) {
      const now = state ? listed.get(state.name) : null;
      return page.toast(say(answer.reason ?? "notPlayed", { name, title: now ? titleOf(now) : "", message: answer.message ?? "" }));
    }
    return page.show(page.oneColumn() ? "phones" : "scenarios");
  }

  function showState(value) {
    const another = value?.number !== state?.number;
    const over = state?.state === "playing" && value?.state !== "playing";
    state = value;
    if (another) begin();
    const plays = state?.state === "playing";
    const told = state && (plays && state.paused ? say("paused") : say(`play_${state.state}`));
    chip.hidden = !state;
    chip.className = `chip chip-${state?.state ?? "none"}`;
    refill(chip, told);
    controls.update(plays);
    strip.update(told);
    for (const each of list.querySelectorAll(".scenario")) each.classList.toggle("scenario-now", plays && each.dataset.scenario === state.name);
    if (!plays) finishStep();
    if (over || (plays && state.paused)) announcer.textContent = told;
    if (!opened) openAsAsked();
  }

  /** What the address asks for, once: `?scenario=happy&pace=2`. */
  function openAsAsked() {
    opened = true;
    const name = page.takeParameter("scenario");
    const speed = Number(page.takeParameter("pace") ?? controls.speed());
    if (name) play(name, SPEEDS.includes(speed) ? speed : 1);
  }

  function begin() {
    lines = 0;
    step = null;
    const each = state && listed.get(state.name);
    if (!each) return;
    refill(title, titleOf(each));
    refill(what, each.what[page.language]);
    refill(steps, each.steps.map((words) => drawStep(words)));
    scroller.hidden = false;
    scroller.scrollTop = 0;
    strip.begin();
    if (state.state === "playing") page.guideAway();
  }

  const drawStep = (words) =>
    element("li", { class: "step", "data-step": words }, element("h4", { lang: "zh-TW" }, words), element("ul", { class: "step-lines" }));

  function showLine(value) {
    if (value.number !== state?.number || value.index < lines) return;
    lines = value.index + 1;
    if (value.index === 0) return; // announces the scenario itself, whose title stands above
    const along = step === null || belowView() < NEAR_THE_END;
    if (value.kind === "step") beginStep(value.text);
    else fill(step ?? beginPrologue(), drawLine(value));
    if (along) scroller.scrollTop += Math.max(0, belowView());
    if (value.kind === "step" || value.kind === "unmet" || value.kind === "error") announcer.textContent = value.text;
    strip.line(value);
    if (state.state !== "playing") finishStep(); // told again to a window that opened later
    else if (value.who && controls.follows()) page.showPhone(value.who);
  }

  /** How far the latest line is below what is in view, in pixels. */
  function belowView() {
    return (step.lastElementChild ?? step.parentElement).getBoundingClientRect().bottom - scroller.getBoundingClientRect().bottom;
  }

  /** What happens before the first step: somebody adds the shop as a friend and is welcomed. */
  function beginPrologue() {
    step = element("ul", { class: "step-lines" });
    steps.prepend(element("li", { class: "prologue step-now" }, step));
    return step;
  }

  function beginStep(words) {
    finishStep();
    const next = [...steps.children].find((each) => !each.matches(".step-done, .step-now"));
    let item = next;
    if (next?.dataset.step !== words) {
      item = drawStep(words);
      steps.insertBefore(item, next ?? null);
    }
    item.classList.add("step-now");
    change(item, { "aria-current": "step" });
    step = item.querySelector(".step-lines");
    return step;
  }

  function finishStep() {
    const item = step?.parentElement;
    item?.classList.replace("step-now", "step-done");
    item?.removeAttribute("aria-current");
  }

  function drawLine({ kind, text, who, link }) {
    const mark = MARKS[kind];
    return element("li", { class: `step-line line-${kind}` },
      mark && element("span", { class: "mark", "aria-hidden": "true" }, mark),
      mark && element("span", { class: "unseen" }, say(kind)),
      element("span", { class: "line-words", lang: mark ? "en" : null, dir: "auto" }, text),
      link && element("a", { class: "line-link", href: link, target: "_blank", rel: "noopener noreferrer" }, say("seePage")));
  }

  // -------------------------------------------------------------------------------------------- the controls

  function makeControls() {
    const kept = Number(localStorage.getItem(SPEED_KEY) ?? 1);
    const chosen = SPEEDS.includes(kept) ? kept : 1;
    const radios = SPEEDS.map((speed) => {
      const radio = element("input", { type: "radio", name: "scenario-speed", value: speed, checked: speed === chosen });
      on(radio, "change", () => {
        localStorage.setItem(SPEED_KEY, speed);
        scenario.pace({ speed });
      });
      return element("label", { class: "speed" }, radio, element("span", {}, say(`speed_${speed}`)));
    });
    const hold = button({ class: "button quiet", disabled: true }, () => scenario.pace({ paused: !state.paused }));
    const stop = button({ class: "button quiet", disabled: true }, () => scenario.stop(), icon("stop"), say("stopPlaying"));
    const following = element("input", { type: "checkbox", checked: true });
    const transcript = button({ class: "button quiet", disabled: true }, () => showTranscript({}, page), icon("file"), say("transcript"));
    const speedNow = () => Number(radios.map((each) => each.querySelector("input")).find((each) => each.checked).value);
    const update = (plays) => {
      refill(hold, icon(state?.paused && plays ? "play" : "pause"), say(state?.paused && plays ? "goOn" : "pausePlaying"));
      hold.disabled = !plays;
      stop.disabled = !plays;
      transcript.disabled = !state;
      if (plays) for (const each of radios) each.querySelector("input").checked = Number(each.querySelector("input").value) === state.speed;
    };
    const node = element("div", { class: "controls" },
      element("fieldset", { class: "speeds" }, element("legend", {}, say("pace")), radios),
      hold, stop, transcript,
      element("label", { class: "follow-choice" }, following, say("followPhones")));
    update(false);
    return { node, update, speed: speedNow, follows: () => following.checked, follow: (wanted) => (following.checked = wanted) };
  }

  /** One line above everything, for whoever looks at a phone or at another desk meanwhile. */
  function makeStrip() {
    const name = element("strong", {});
    const now = element("span", { class: "strip-now" });
    const told = element("span", { class: "chip" });
    const hold = button({ class: "icon-button" }, () => scenario.pace({ paused: !state.paused }));
    const stop = button({ class: "icon-button", "aria-label": say("stopPlaying"), title: say("stopPlaying") }, () => scenario.stop(), icon("stop"));
    const away = button({ class: "icon-button", "aria-label": say("close") }, () => (strip.node.hidden = true), icon("close"));
    const open = button({ class: "strip-open" }, () => page.show("scenarios"), icon("scenarios"), name, now);
    const strip = { node: element("section", { class: "now", "aria-label": say("nowPlaying"), hidden: true }, open, told, hold, stop, away) };
    strip.begin = () => {
      strip.node.hidden = state.state !== "playing";
      refill(name, titleOf(listed.get(state.name)));
      refill(now);
    };
    strip.line = ({ kind, text }) => kind === "step" && refill(now, text);
    strip.update = (words) => {
      const plays = state?.state === "playing";
      refill(told, words);
      told.className = `chip chip-${state?.state ?? "none"}`;
      refill(hold, icon(state?.paused ? "play" : "pause"));
      change(hold, { "aria-label": say(state?.paused ? "goOn" : "pausePlaying"), title: say(state?.paused ? "goOn" : "pausePlaying") });
      hold.hidden = !plays;
      stop.hidden = !plays;
      away.hidden = plays;
    };
    return strip;
  }

  return {
    node,
    strip: strip.node,
    handlers: { play: (value) => ready.then(() => showState(value)), playLine: (value) => ready.then(() => showLine(value)) },
    phoneChosen: () => state?.state === "playing" && controls.follow(false),
    play,
  };
}
