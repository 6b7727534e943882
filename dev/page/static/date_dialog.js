// The date picker of a datetimepicker action: the browser's own input in a dialog.
import { button, element, icon, on } from "./element.js";
import { openDialog } from "./messages.js";

const INPUTS = { date: "date", time: "time", datetime: "datetime-local" };

/**
 * Ask for a date, a time or both. Resolves to LINE's `params` ({ date } or { time } or { datetime }), or to null when
 * the dialog was closed without an answer.
 */
export function askForDate(action, say) {
  const mode = Object.hasOwn(INPUTS, action.mode) ? action.mode : "date";
  const local = (value) => value?.replace(/t/, "T"); // LINE takes 2030-01-02t09:00 too, an input does not
  const title = say(`choose_${mode}`);
  const input = element("input", {
    type: INPUTS[mode], id: "chosen-date", required: true,
    value: local(action.initial), min: local(action.min), max: local(action.max),
  });
  const form = element("form", { method: "dialog" },
    element("label", { for: "chosen-date" }, action.label ?? title), input,
    element("footer", {}, button({ class: "button quiet" }, () => dialog.close(), say("cancel")),
      element("button", { type: "submit", class: "button", value: "chosen" }, say("confirm"))));
  const dialog = element("dialog", { class: "dialog", "aria-label": title },
    element("header", {}, element("h2", {}, title),
      button({ class: "icon-button", "aria-label": say("close") }, () => dialog.close(), icon("close"))),
    form);
  return new Promise((resolve) => {
    on(dialog, "close", () => resolve(dialog.returnValue === "chosen" ? { [mode]: input.value } : null));
    openDialog(dialog);
    input.focus();
  });
}
