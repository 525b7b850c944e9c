// The hall screen keeps itself up to date: steps, gate and turnout in tens, asked for every few seconds.
import { byId } from "./dom.js";
import { letterSizes } from "./screens.js";
import { t } from "./words.js";

const EVERY = 5000;
const main = byId("main");

/** Show what holds at this gate: the words, the code to scan. */
function showGate(gate) {
  const now = { void: "closed", remote: "ready" }[gate] ?? gate;
  for (const each of document.querySelectorAll("[data-gates]")) {
    each.hidden = !each.dataset.gates.split(" ").includes(now);
  }
}

/** Tick what is signed; the first that is not is the step under way. */
function showSteps(steps) {
  const here = steps.findIndex((signed) => !signed);
  for (const [place, item] of [...byId("way").children].entries()) {
    item.className = steps[place] ? "past" : place === here ? "now" : "";
    item.querySelector(".said").textContent = steps[place] ? t("（已签记）") : "";
    if (place === here) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
}

async function refresh() {
  try {
    const answer = await fetch(main.dataset.turnout, { credentials: "omit", cache: "no-store" });
    const { gate, turnout, steps } = await answer.json();
    showGate(gate);
    showSteps(steps);
    const words = turnout ? t("{count} 张以上", { count: turnout }) : t("不到 10 张");
    if (byId("turnout").textContent !== words) byId("turnout").textContent = words;
    byId("stale").hidden = true;
  } catch {
    byId("stale").hidden = false;
  }
  setTimeout(refresh, EVERY);
}

letterSizes();
refresh();
