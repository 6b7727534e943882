// A transcript in a dialog: to read, to copy, or to save as Markdown or JSON.
import { button, element, icon } from "./element.js";
import { openDialog } from "./messages.js";
import { transcriptAddress } from "./server.js";

/** Show the transcript of what `asked` names: `{ customer }`, or nothing for the latest scenario. */
export async function showTranscript(asked, { say, copy, language }) {
  const markdown = transcriptAddress({ ...asked, lang: language });
  const response = await fetch(markdown).catch(() => null);
  const text = response?.ok ? await response.text() : say("noTranscript");
  const answer = element("span", { role: "status", class: "dialog-status" });
  const saving = (href, words) => element("a", { class: "button quiet", href, download: true }, words);
  const dialog = element("dialog", { class: "dialog json-dialog", "aria-label": say("transcript") },
    element("header", {}, element("h2", {}, say("transcript")),
      button({ class: "icon-button", "aria-label": say("close") }, () => dialog.close(), icon("close"))),
    element("pre", { tabindex: "0", "aria-label": "Markdown" }, text),
    element("footer", {}, answer,
      saving(markdown, "Markdown"), saving(transcriptAddress({ ...asked, format: "json" }), "JSON"),
      button({ class: "button" }, async () => (answer.textContent = (await copy(text)) ? say("copied") : say("notCopied")), icon("copy"), say("copy"))));
  openDialog(dialog);
}
