// The entry: a typed code goes to the ballot page in the fragment, so the server never sees it.
import { parse } from "./codes.js";
import { speaking, t } from "./words.js";
import { letterSizes } from "./screens.js";

letterSizes();
for (const form of document.querySelectorAll(".card-form")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fault = form.querySelector("[role=alert]");
    try {
      const code = parse(form.querySelector("input").value);
      location.assign(`/p/${encodeURIComponent(form.dataset.poll)}/${speaking}#${code}`);
    } catch {
      fault.textContent = t("短码应为16位字母和数字，请对照票卡再输入一次。");
      fault.hidden = false;
      form.querySelector("input").focus();
    }
  });
}
