// The column of phones: a tab for each customer, one phone in view or all of them side by side.
import { button, change, element, icon, on, refill } from "./element.js";
import { openDialog } from "./messages.js";
import { makePhone } from "./phone.js";
import { line } from "./server.js";
import { CUSTOMER_LANGUAGES } from "./wording.js";

const SIDE_BY_SIDE_KEY = "side-by-side";

/**
 * Make the column of phones. `page` has say, toast and all that a phone needs.
 * Returns { node, handlers, toEnd(), current(), show(userId) }: the handlers take what the stream tells of customers and their chats.
 */
export function makePhones(page) {
  const { say, toast } = page;
  const phones = new Map(); // user id → { phone, tab, wrap, badge, label, spoken, unread }
  let current = null;
  let richMenus = { menus: {}, linked: {}, default: null };
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
      const wasHidden = wrap.hidden;
      wrap.hidden = !selected && !sideBySide();
      if (selected || (wasHidden && !wrap.hidden)) {
        markSeen(id);
        phone.toEnd();
      }
      if (selected) for (const each of [tab, wrap]) each.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  /** Somebody's own choice, which no scenario overrides. */
  function choose(userId) {
    show(userId);
    page.phoneChosen();
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
        () => choose(value.user_id), label, value.staff && element("span", { class: "tab-staff" }, say("staff")), spoken, badge);
      known = { phone, tab, wrap, badge, label, spoken, unread: 0 };
      phones.set(value.user_id, known);
      phone.richMenus(richMenus);
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
    choose(ids[next]);
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
  return {
    node: element("div", { class: "phones" }, element("div", { class: "tab-row" }, tabs, add, side), stage),
    handlers: {
      customer,
      entry: (entry) => phones.get(entry.chat_id)?.phone.entry(entry),
      richMenus: (value) => {
        richMenus = value;
        for (const { phone } of phones.values()) phone.richMenus(value);
      },
      loading: (value) => phones.get(value.chat_id)?.phone.loading(value.loading_until, value.quick_replies_used),
    },
    toEnd: () => current && phones.get(current).phone.toEnd(),
    current: () => current,
    show: (userId) => {
      if (phones.has(userId) && userId !== current) show(userId);
    },
  };
}
