// Asks before an act that a button marks with data-confirm; sends every form once only.
import { t } from "./words.js";

function ask(question, label) {
  const dialog = document.createElement("dialog");
  dialog.className = "confirm";
  const words = document.createElement("p");
  words.textContent = question;
  dialog.setAttribute("aria-label", question);
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "actions";
  for (const [value, text, kind] of [["no", t("先不"), ""], ["yes", label, "primary"]]) {
    const button = document.createElement("button");
    Object.assign(button, { value, textContent: text, className: kind });
    form.append(button);
  }
  dialog.append(words, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === "yes"); });
  });
}

function sendOnce(form, event) {
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
}

export function guardForms(page) {
  page.addEventListener("submit", async (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.method !== "post") return;
    const question = button?.dataset.confirm;
    if (!question || form.dataset.agreed) {
      sendOnce(form, event);
      return;
    }
    event.preventDefault();
    if (await ask(question, button.textContent.trim())) {
      form.dataset.agreed = "yes";
      form.requestSubmit(button);
    }
  });
  // The back button shows a page whose forms may be sent anew.
  window.addEventListener("pageshow", () => {
    for (const form of page.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      delete form.dataset.agreed;
      for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
    }
  });
}
