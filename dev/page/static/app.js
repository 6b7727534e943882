// Starts the page: reads the configuration, follows the server's stream and keeps phones and back office up to date.
import { makeBackOffice } from "./back_office.js";
import { button, change, element, icon, on, refill } from "./element.js";
import { openDialog } from "./messages.js";
import { makePhone } from "./phone.js";
import { follow, line, readConfig } from "./server.js";
import { CUSTOMER_LANGUAGES, PAGE_LANGUAGES, wordsIn } from "./wording.js";

const LANGUAGE_KEY = "page-language";
const SIDE_BY_SIDE_KEY = "side-by-side";
const TOAST_MILLISECONDS = 5000;

const language = chosenLanguage();
const say = wordsIn(language);
const phones = new Map(); // user id → { customer, phone, tab, unread }
let current = null;

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

/** Only pictures of the shop itself are ever loaded, and from here: their public prefix is mapped to our own folder. */
function pictureFrom(pictures) {
  const available = new Set(pictures.names);
  return (url) => {
    if (typeof url !== "string" || !url.startsWith(pictures.prefix)) return null;
    const name = url.slice(pictures.prefix.length);
    return available.has(name) ? `${pictures.path}${name}` : null;
  };
}

// ------------------------------------------------------------------------------------------------ the phones

function makePhones(page) {
  const tabs = element("div", { class: "tabs", role: "tablist", "aria-label": say("customers") });
  const stage = element("div", { class: "stage" });
  const add = button({ class: "tab tab-add", "aria-label": say("addCustomer"), title: say("addCustomer") }, askForCustomer, icon("plus"));
  const side = button({ class: "tab side-by-side", "aria-pressed": "false" }, () => showSideBySide(!sideBySide()), icon("columns"), say("sideBySide"));
  const sideBySide = () => side.getAttribute("aria-pressed") === "true";

  function showSideBySide(wanted) {
    change(side, { "aria-pressed": String(wanted) });
    localStorage.setItem(SIDE_BY_SIDE_KEY, wanted ? "yes" : "");
    stage.classList.toggle("stage-all", wanted);
    if (current) show(current);
  }

  function show(userId) {
    current = userId;
    for (const [id, { tab, wrap, phone }] of phones) {
      const selected = id === userId;
      change(tab, { "aria-selected": String(selected), tabindex: selected ? "0" : "-1" });
      wrap.hidden = !selected && !sideBySide();
      if (selected) {
        markSeen(id);
        phone.toEnd();
      }
    }
  }

  function markSeen(userId) {
    const known = phones.get(userId);
    known.unread = 0;
    known.badge.hidden = true;
    refill(known.badge);
  }

  function seen(userId) {
    const known = phones.get(userId);
    if (!known || known.wrap.hidden === false) return;
    known.unread += 1;
    known.badge.hidden = false;
    refill(known.badge, element("span", { "aria-hidden": "true" }, known.unread), element("span", { class: "unseen" }, say("unread", { count: known.unread })));
  }

  function customer(value) {
    let known = phones.get(value.user_id);
    if (!known) {
      const phone = makePhone(value, { ...page, seen });
      const tabId = `tab-${value.user_id}`;
      const wrap = element("div", { class: "phone-wrap", role: "tabpanel", id: `panel-${value.user_id}`, "aria-labelledby": tabId, hidden: !sideBySide() }, phone.node);
      const badge = element("span", { class: "unread", hidden: true });
      const label = element("span", { class: "tab-name", dir: "auto" });
      const spoken = element("span", { class: "tab-language" });
      const tab = button({ class: "tab", role: "tab", id: tabId, "aria-controls": wrap.id, "aria-selected": "false", tabindex: "-1" },
        () => show(value.user_id), label, spoken, badge);
      known = { phone, tab, wrap, badge, label, spoken, unread: 0 };
      phones.set(value.user_id, known);
      tabs.append(tab);
      stage.append(wrap);
      if (current === null || known.wanted) show(value.user_id);
    }
    refill(known.label, value.display_name);
    const spokenLanguage = CUSTOMER_LANGUAGES.find(({ code }) => code === value.language);
    refill(known.spoken, spokenLanguage?.short ?? value.language);
    change(known.spoken, { title: spokenLanguage?.name ?? value.language });
    known.phone.customer(value);
  }

  on(tabs, "keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const ids = [...phones.keys()];
    const next = Math.min(Math.max(ids.indexOf(current) + step, 0), ids.length - 1);
    show(ids[next]);
    phones.get(current).tab.focus();
  });

  function askForCustomer() {
    const name = element("input", { id: "new-customer", type: "text", required: true, maxlength: "40", autocomplete: "off" });
    const spoken = element("select", { id: "new-language" }, CUSTOMER_LANGUAGES.map(({ code, name: words }) => element("option", { value: code, lang: code }, words)));
    const form = element("form", { method: "dialog" },
      element("label", { for: name.id }, say("customerName")), name,
      element("label", { for: spoken.id }, say("language")), spoken,
      element("footer", {}, button({ class: "button quiet" }, () => dialog.close(), say("cancel")),
        element("button", { type: "submit", class: "button", value: "add" }, say("add"))));
    const dialog = element("dialog", { class: "dialog", "aria-label": say("addCustomer") },
      element("header", {}, element("h2", {}, say("addCustomer")),
        button({ class: "icon-button", "aria-label": say("close") }, () => dialog.close(), icon("close"))),
      form);
    on(dialog, "close", async () => {
      if (dialog.returnValue !== "add") return;
      const { ok, answer } = await line.addCustomer(name.value.trim(), spoken.value);
      if (!ok) return toast(say("notSent", { reason: answer.message ?? "" }));
      customer(answer);
      return show(answer.user_id);
    });
    openDialog(dialog);
    name.focus();
  }

  if (localStorage.getItem(SIDE_BY_SIDE_KEY)) showSideBySide(true);
  return { node: element("div", { class: "phones" }, element("div", { class: "tab-row" }, tabs, add, side), stage), customer };
}

// ------------------------------------------------------------------------------------------------ the page

function makeTop(shop) {
  const state = element("span", { class: "connection", role: "status" });
  const views = ["phones", "backOffice"].map((view) =>
    button({ class: "view", "aria-pressed": String(view === "phones"), "data-view": view }, () => showView(view), icon(view), say(view)));
  function showView(view) {
    document.body.dataset.view = view;
    for (const each of views) change(each, { "aria-pressed": String(each.dataset.view === view) });
    if (view === "phones" && current) phones.get(current).phone.toEnd();
  }
  const other = PAGE_LANGUAGES.find((code) => code !== language);
  const switcher = button({ class: "language-switch", lang: other }, () => {
    localStorage.setItem(LANGUAGE_KEY, other);
    location.assign("/");
  }, say("otherLanguage"));
  showView("phones");
  const node = element("header", { class: "top" },
    element("h1", { dir: "auto" }, shop.name),
    element("span", { class: "local-run", title: say("localRunHint") }, say("localRun")),
    element("div", { class: "views", role: "group", "aria-label": say("view") }, views),
    state, switcher);
  return {
    node,
    connected: (open) => {
      state.classList.toggle("connection-lost", !open);
      refill(state, element("span", { class: "dot", "aria-hidden": "true" }), element("span", { class: "connection-words" }, say(open ? "connected" : "reconnecting")));
    },
  };
}

async function start() {
  const { ok, answer: config } = await readConfig();
  if (!ok) throw new Error("the page's configuration cannot be read");
  change(document.documentElement, { lang: language });
  document.title = `${config.shop.name} · ${say("localRun")}`;
  const page = { say, copy, toast, clockTime, dayName, shop: config.shop, picture: pictureFrom(config.pictures), products: config.products };
  const top = makeTop(config.shop);
  const stage = makePhones(page);
  const backOffice = makeBackOffice(page);
  refill(document.body,
    element("a", { class: "skip", href: "#chat" }, say("skipToChat")),
    element("a", { class: "skip", href: "#back-office" }, say("skipToBackOffice")),
    top.node,
    element("main", { class: "columns" },
      element("section", { class: "column column-phones", id: "chat", "aria-label": say("phones"), tabindex: "-1" }, stage.node),
      element("section", { class: "column column-office", id: "back-office", "aria-labelledby": "back-office-title", tabindex: "-1" },
        element("h2", { id: "back-office-title" }, say("backOffice")), backOffice.node)),
    toasts);
  for (const skip of document.querySelectorAll(".skip")) {
    on(skip, "click", () => document.querySelector(`.view[data-view="${skip.hash === "#chat" ? "phones" : "backOffice"}"]`).click());
  }

  let run = null;
  const sentIds = new Set();
  follow({
    hello: (value) => {
      if (run !== null && run !== value.run) location.reload(); // another start: nothing of what is shown is there any more
      run = value.run;
    },
    customer: stage.customer,
    entry: (entry) => phones.get(entry.chat_id)?.phone.entry(entry),
    loading: (value) => phones.get(value.chat_id)?.phone.loading(value.loading_until, value.quick_replies_used),
    orders: backOffice.orders,
    orderSystem: backOffice.orderSystem,
    sent: (value) => {
      if (sentIds.has(value.number)) return;
      sentIds.add(value.number);
      backOffice.sent(value);
    },
  }, top.connected);
}

start();
