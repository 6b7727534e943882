// A button for every status of a parcel, and the manners in which its event can be sent: as it should be, or as the shop
// has to bear or refuse it.
import { button, change, element, on, refill } from "./element.js";
import { input, labelled, select } from "./fields.js";

const STATUS_GROUPS = [
  ["usualWay", ["preparing", "label_created", "shipped", "out_for_delivery", "delivered"]],
  ["storeWay", ["ready_for_pickup", "pickup_reminder", "picked_up"]],
  ["exceptions", ["delivery_attempted", "store_closed", "delayed", "lost", "returning", "returned"]],
];
const STORE_STATUSES = new Set(["ready_for_pickup", "pickup_reminder", "store_closed", "picked_up"]);
const HOME_WAY = ["preparing", "label_created", "shipped", "out_for_delivery", "delivered"];
const STORE_WAY = ["preparing", "label_created", "shipped", "ready_for_pickup", "picked_up"];
const MANNERS = ["normal", "twice", "out_of_order", "unsigned", "wrong_signature", "stale", "other_body", "unknown_status", "unknown_order"];
const PARCELS = ["S1", "S2", "S3"];
const CARRIERS = { seven: "7-ELEVEN", family: "全家", hilife: "萊爾富", okmart: "OK 超商" };
const MINUTE = 60_000;
const BACKWARDS = 3;
const NO_SUCH_STATUS = "at_customs";
const NO_SUCH_ORDER = "ZZZZZ-ZZZZZ";

/** The statuses before this one on its way, and it: what a warehouse would have sent by now, at most three. */
function wayTo(status, store) {
  const way = store ? STORE_WAY : HOME_WAY;
  const whole = way.includes(status) ? way.slice(0, way.indexOf(status) + 1) : [...way.slice(0, 3), status];
  return whole.slice(-BACKWARDS);
}

/**
 * Make the buttons. `send(type, subject, data, how)` sends one event and resolves to its answer.
 * Returns { node, order(entry) }: whose parcel it is from now on, or null.
 */
export function makeStatusForm(page, send) {
  const { say } = page;
  let order = null;
  let store = false;
  let prepared = null; // the number of the order whose details the fields show
  const names = ["shipmentId", "carrier", "trackingNumber", "trackingUrl", "storeName", "storeAddress", "storeDeadline", "note"];
  const fields = Object.fromEntries(names.map((name) => [name, input()]));
  fields.shipmentId.value = PARCELS[0];
  const parcels = PARCELS.map((id) => button({ class: "chip-button", "data-parcel": id, "aria-pressed": String(id === PARCELS[0]) }, () => chooseParcel(id), id));
  const manner = select(MANNERS.map((name) => [name, say(`manner_${name}`)]));
  const hint = element("p", { class: "hint manner-hint", role: "status" });
  const buttons = STATUS_GROUPS.flatMap(([, statuses]) => statuses).map((name) =>
    button({ class: "button status", disabled: true, "data-status": name }, () => press(name), say(`status_${name}`)));
  const groups = Object.fromEntries(STATUS_GROUPS.map(([group, statuses]) => [group,
    element("div", { class: "status-group", role: "group", "aria-label": say(group) },
      element("h4", {}, say(group)),
      element("div", { class: "status-buttons" }, buttons.filter((each) => statuses.includes(each.dataset.status))))]));

  function chooseParcel(id) {
    fields.shipmentId.value = id;
    showParcel();
  }

  function showParcel() {
    for (const each of parcels) change(each, { "aria-pressed": String(each.dataset.parcel === fields.shipmentId.value.trim()) });
  }

  function showManner() {
    hint.classList.toggle("manner-odd", manner.value !== "normal");
    refill(hint, say(`mannerHint_${manner.value}`));
  }

  function shipment(status) {
    const text = (field) => fields[field].value.trim() || undefined;
    const at = { name: text("storeName"), address: text("storeAddress"), deadline: text("storeDeadline") };
    return {
      shipmentId: text("shipmentId") ?? PARCELS[0],
      status,
      carrier: text("carrier"),
      trackingNumber: text("trackingNumber"),
      trackingUrl: text("trackingUrl"),
      store: STORE_STATUSES.has(status) && at.name ? at : undefined,
      note: text("note"),
    };
  }

  const report = (status, how = {}, subject = order.orderNumber) => send("shipment.status.v1", subject, shipment(status), how);

  async function press(status) {
    switch (manner.value) {
      case "twice": {
        const first = await report(status);
        return first && report(status, { id: first.event.id });
      }
      case "out_of_order": {
        const way = wayTo(status, store);
        const now = Date.now();
        const events = way.map((each, index) => [each, new Date(now - (way.length - 1 - index) * MINUTE).toISOString()]);
        for (const [each, time] of events.reverse()) await report(each, { time });
        return null;
      }
      case "other_body": {
        const first = await report(status);
        return first && send("shipment.status.v1", order.orderNumber, { ...shipment(status), note: say("otherBodyNote") }, { id: first.event.id, manner: "other_body" });
      }
      case "unknown_status":
        return report(NO_SUCH_STATUS);
      case "unknown_order":
        return report(status, {}, NO_SUCH_ORDER);
      case "normal":
        return report(status);
      default:
        return report(status, { manner: manner.value });
    }
  }

  function showOrder(entry) {
    order = entry;
    for (const each of buttons) each.disabled = !entry;
    if (!entry || prepared === entry.orderNumber) return;
    prepared = entry.orderNumber;
    store = entry.delivery?.method === "store";
    const place = entry.delivery?.store ?? "";
    const digits = [...entry.orderNumber].reduce((sum, sign) => (sum * 31 + sign.codePointAt(0)) % 1e10, 7);
    fields.carrier.value = store ? CARRIERS[entry.delivery.chain] ?? entry.delivery.chain ?? CARRIERS.seven : "黑貓宅急便";
    fields.trackingNumber.value = String(digits).padStart(10, "0");
    fields.storeName.value = store ? place : "";
    fields.storeAddress.value = "";
    fields.storeDeadline.value = store ? new Date(Date.now() + 7 * 86_400_000).toLocaleDateString("sv-SE") : "";
    chooseParcel(PARCELS[0]);
    groups.storeWay.classList.toggle("likely", store);
    groups.usualWay.classList.toggle("likely", !store);
  }

  on(manner, "change", showManner);
  on(fields.shipmentId, "input", showParcel);
  showManner();
  return {
    node: element("div", { class: "status-form" },
      element("div", { class: "status-choices" },
        element("div", { class: "labelled", role: "group", "aria-label": say("parcel") }, element("span", { class: "label" }, say("parcel")), element("div", { class: "chip-row" }, parcels)),
        labelled(say("manner"), manner)),
      hint,
      Object.values(groups),
      element("details", { class: "details" }, element("summary", {}, say("parcelDetails")),
        element("div", { class: "fields" }, names.map((name) => labelled(say(name), fields[name]))))),
    order: showOrder,
  };
}
