// One screen at a time, and how the reader wants to see it; shared by the pages of the hall.
import { byId, goTo } from "./dom.js";
import { t } from "./words.js";

const SIZE = "qiping.text";
const CONTRAST = "qiping.contrast";
const SIZES = ["standard", "large", "huge"];

/** Show the screen `id` and hide the others; the reader starts at its heading. */
export function show(id) {
  for (const screen of document.querySelectorAll(".screen")) screen.hidden = screen.id !== id;
  scrollTo(0, 0);
  const heading = byId(id).querySelector("h1, h2");
  if (heading) goTo(heading);
  scrollTo(0, 0);
}

/** Say why the voter cannot go on, and what to do. */
export function stop(sentence, { retry } = {}) {
  byId("stop-sentence").textContent = sentence;
  byId("stop-retry").hidden = !retry;
  byId("stop-retry").onclick = retry ?? null;
  show("stop");
}

/** Let the reader choose the size of letters and the contrast; both choices stay on the device. */
export function letterSizes() {
  const root = document.documentElement;
  const names = { standard: t("标准字"), large: t("大字"), huge: t("特大字") };
  const button = byId("letters");
  const next = () => SIZES[(SIZES.indexOf(root.dataset.text) + 1) % SIZES.length];
  const size = (chosen) => {
    root.dataset.text = chosen;
    if (!button) return;
    button.textContent = names[next()];
    button.setAttribute("aria-label", t("{next}（现在是{now}）", { next: names[next()], now: names[chosen] }));
  };
  size(SIZES.includes(kept(SIZE)) ? kept(SIZE) : "standard");
  button?.addEventListener("click", () => { size(next()); keep(SIZE, root.dataset.text); });
  contrast(root, byId("contrast"));
  for (const each of document.querySelectorAll(".print-page")) each.addEventListener("click", () => print());
}

function contrast(root, button) {
  button?.setAttribute("aria-label", t("对比：黑白分明，看得更清"));
  const set = (level) => {
    root.dataset.contrast = level;
    button?.setAttribute("aria-pressed", String(level === "high"));
  };
  const wanted = matchMedia("(prefers-contrast: more)").matches ? "high" : "usual";
  set(kept(CONTRAST) ?? wanted);
  button?.addEventListener("click", () => {
    set(root.dataset.contrast === "high" ? "usual" : "high");
    keep(CONTRAST, root.dataset.contrast);
  });
}

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // The choice then lasts as long as the page.
  }
}

function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
