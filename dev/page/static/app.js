// Starts the page: reads the configuration, puts phones and desks in their places and follows the server's stream.
import { makeBackOffice } from "./back_office.js";
import { button, change, element, icon, on, refill } from "./element.js";
import { makeFaults } from "./faults.js";
import { makeGuide } from "./guide.js";
import { makePhones } from "./phones.js";
import { makeScenarios } from "./scenarios.js";
import { follow, readConfig } from "./server.js";
import { makeWire } from "./wire.js";
import { PAGE_LANGUAGES, wordsIn } from "./wording.js";

const LANGUAGE_KEY = "page-language";
const TOAST_MILLISECONDS = 5000;

const language = chosenLanguage();
const say = wordsIn(language);
const address = new URL(location.href);

/** The desks beside the phones, in the order of their buttons: a name of wording.js and the part that draws it. */
const DESKS = [
  ["backOffice", makeBackOffice],
  ["scenarios", makeScenarios],
  ["wire", makeWire],
  ["faults", makeFaults],
];
const ONE_COLUMN = matchMedia("(max-width: 999px)");

function chosenLanguage() {
  const wanted = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem(LANGUAGE_KEY);
  return PAGE_LANGUAGES.includes(wanted) ? wanted : "zh-TW";
}

// ------------------------------------------------------------------------------------------------ what parts share

const toasts = element("div", { class: "toasts", role: "status" });

function toast(text) {
  const node = element("p", { class: "toast" }, text);
  toasts.append(node);
  setTimeout(() => node.remove(), TOAST_MILLISECONDS);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

const clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
const plainClock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const exactClock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(language, { month: "long", day: "numeric", weekday: "short" });

function clockTime(milliseconds, plain = false, exact = false) {
  return (exact ? exactClock : plain ? plainClock : clock).format(milliseconds);
}

function dayName(milliseconds) {
  const that = new Date(milliseconds).toDateString();
  if (that === new Date().toDateString()) return say("today");
  if (that === new Date(Date.now() - 86_400_000).toDateString()) return say("yesterday");
  return day.format(milliseconds);
}

/** What the address asks for in a parameter, once: it is not asked for again when the page is read anew. */
function takeParameter(name) {
  const value = address.searchParams.get(name);
  address.searchParams.delete(name);
  history.replaceState(null, "", address);
  return value;
}

/** Only pictures of the shop itself are ever loaded, and from here: their public prefix is mapped to our own folder. */
function pictureFrom(pictures) {
  const available = new Set(pictures.names);
  return (url) => {
    if (typeof url !== "string" || !url.startsWith(pictures.prefix)) return null;
    const name = url.slice(pictures.prefix.length);
    return available.has(name) ? `${pictures.path}${name}` : null;
  };
}

// ------------------------------------------------------------------------------------------------ the page

/** The buttons that choose what is in view. On a wide screen the phones always are, and one desk beside them. */
function makeViews(desks, phonesToEnd) {
  const names = ["phones", ...desks.keys()];
  let view = names.includes(address.searchParams.get("view")) ? address.searchParams.get("view") : "phones";
  let desk = view === "phones" ? DESKS[0][0] : view;
  const buttons = names.map((name) => button({ class: `view view-${name}`, "data-view": name }, () => show(name), icon(name), element("span", {}, say(name))));

  function show(name) {
    view = name;
    if (name !== "phones" && name !== desk) {
      desk = name;
      desks.get(name).parentElement.scrollTop = 0;
    }
    address.searchParams.set("view", name);
    history.replaceState(null, "", address);
    refresh();
    if (name === "phones") phonesToEnd();
  }

  function refresh() {
    document.body.dataset.view = view === "phones" ? "phones" : "desk";
    document.body.dataset.desk = desk;
    for (const [name, section] of desks) section.hidden = name !== desk;
    const pressed = ONE_COLUMN.matches ? view : desk;
    for (const each of buttons) {
      change(each, { "aria-pressed": String(each.dataset.view === pressed) });
      if (each.dataset.view === pressed) each.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  ONE_COLUMN.addEventListener("change", refresh);
  refresh();
  return { node: element("div", { class: "views", role: "group", "aria-label": say("view") }, buttons), show, desk: () => desk, refresh };
}

function makeTop(shop, views, guide) {
  const state = element("span", { class: "connection", role: "status" });
  const other = PAGE_LANGUAGES.find((code) => code !== language);
  const switcher = button({ class: "language-switch", lang: other }, () => {
    localStorage.setItem(LANGUAGE_KEY, other);
    address.searchParams.delete("lang");
    location.assign(address);
  }, say("otherLanguage"));
  const node = element("header", { class: "top" },
    element("h1", { dir: "auto" }, shop.name),
    element("span", { class: "local-run", title: say("localRunHint") }, say("localRun")),
    views.node, state, guide.opener, switcher);
  return {
    node,
    connected: (open) => {
      state.classList.toggle("connection-lost", !open);
      refill(state, element("span", { class: "dot", "aria-hidden": "true" }), element("span", { class: "connection-words" }, say(open ? "connected" : "reconnecting")));
    },
  };
}

function skipLink(words, target, show) {
  return on(element("a", { class: "skip", href: `#${target.id}` }, say(words)), "click", (event) => {
    event.preventDefault();
    show();
    target.focus();
  });
}

async function start() {
  const { ok, answer: config } = await readConfig();
  if (!ok) throw new Error("the page's configuration cannot be read");
  change(document.documentElement, { lang: language });
  document.title = `${config.shop.name} · ${say("localRun")}`;
  const page = {
    say, language, copy, toast, clockTime, dayName, takeParameter,
    shop: config.shop, picture: pictureFrom(config.pictures), products: config.products, untouched: config.untouched,
    show: (name) => views.show(name),
    oneColumn: () => ONE_COLUMN.matches,
    phone: () => phones.current(),
    showPhone: (userId) => phones.show(userId),
    phoneChosen: () => parts.forEach(([, part]) => part.phoneChosen?.()),
    guideAway: () => guide.away(),
    play: (name) => parts.forEach(([, part]) => part.play?.(name)),
  };
  const phones = makePhones(page);
  const guide = makeGuide(page);
  const parts = DESKS.map(([name, make]) => [name, make(page)]);
  const desks = new Map(parts.map(([name, part]) => [name, element("section", { class: "desk", id: `desk-${name}`, "aria-labelledby": `desk-title-${name}` },
    element("h2", { id: `desk-title-${name}` }, say(name)), part.node)]));
  const views = makeViews(desks, phones.toEnd);
  const top = makeTop(config.shop, views, guide);
  const chat = element("section", { class: "column column-phones", id: "chat", "aria-label": say("phones"), tabindex: "-1" }, phones.node);
  const office = element("div", { class: "column column-desks", id: "desks", tabindex: "-1" }, ...desks.values());
  refill(document.body,
    skipLink("skipToChat", chat, () => views.show("phones")),
    skipLink("skipToDesks", office, () => views.show(views.desk())),
    top.node,
    guide.strip,
    ...parts.map(([, part]) => part.strip).filter(Boolean),
    element("main", { class: "columns" }, chat, office),
    guide.node,
    toasts);

  views.refresh(); // only what is in the page can be scrolled into view

  let run = null;
  follow({
    hello: (value) => {
      if (run !== null && run !== value.run) location.reload(); // another start: nothing of what is shown is there any more
      run = value.run;
    },
    ...together([phones, guide, ...parts.map(([, part]) => part)]),
  }, top.connected);
}

/** The handlers of all parts; several may listen to the same news. */
function together(parts) {
  const listeners = {};
  for (const { handlers } of parts) {
    for (const [name, handle] of Object.entries(handlers)) (listeners[name] ??= []).push(handle);
  }
  return Object.fromEntries(Object.entries(listeners).map(([name, all]) => [name, (value) => all.forEach((handle) => handle(value))]));
}

start();
