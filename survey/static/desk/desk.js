// Every desk page: the system's light or dark, tables that search, filter and sort, questions before acts.
import { enhanceSheets } from "./sheets.js";
import { guardForms } from "./confirm.js";
import { followTheme } from "./theme.js";
import { pressByKey } from "./keys_pressed.js";

// Loaded in the head, so that a dark page is dark from its first paint.
followTheme(document.documentElement, window);

document.addEventListener("DOMContentLoaded", () => {
  enhanceSheets(document);
  guardForms(document);
  pressByKey(document);
  document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
  // A batch goes on by itself, part after part, until its page no longer asks for it.
  document.querySelector("form[data-continue]")?.requestSubmit();
});
