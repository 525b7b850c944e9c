// The board of sealed envelopes: everyone fetches the whole list, the search stays in the browser.
import { byId, el, fill } from "./dom.js";
import { t } from "./words.js";
import { letterSizes } from "./screens.js";

const SHORTEST = 8;
const SHOWN = 500;

letterSizes();
const form = byId("find");
if (form) start(form);

async function start() {
  let lines;
  try {
    const answer = await fetch(form.dataset.list, { credentials: "omit" });
    if (!answer.ok) throw new Error(`server ${answer.status}`);
    lines = (await answer.text()).split("\n").filter((line) => line && !line.startsWith("#"));
  } catch {
    byId("total").textContent = t("没有取到清单，请检查网络后刷新本页。");
    return;
  }
  byId("total").textContent = t("共 {count} 张密封选票。", { count: lines.length });
  list(lines, "");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search(lines, byId("receipt").value.toLowerCase().replace(/[^0-9a-f]/g, ""));
  });
}

function search(lines, wanted) {
  if (wanted.length < SHORTEST) {
    say("warning", t("请至少输入回执的前{count}位。", { count: SHORTEST }));
    return;
  }
  const hits = lines.filter((line) => line.split(" ")[1]?.startsWith(wanted));
  if (hits.length) say("good", t("找到了：您的密封选票在票箱里，一字未改。"));
  else say("fault", t("清单里没有这个回执。请核对输入；如果确认无误，请带上回执告诉监督人员。"));
  list(lines, wanted);
  document.querySelector(".hit")?.scrollIntoView({ block: "center" });
}

function say(kind, sentence) {
  byId("answer").className = `sentence ${kind}`;
  byId("answer").textContent = sentence;
  byId("answer").hidden = false;
}

/** List at most SHOWN lines, those that fit `wanted` first. */
function list(lines, wanted) {
  const fits = (line) => Boolean(wanted) && line.split(" ")[1].startsWith(wanted);
  const shown = lines.length <= SHOWN ? lines : [...lines.filter(fits), ...lines.filter((line) => !fits(line))];
  fill(byId("sealed"), shown.slice(0, SHOWN).map(row));

  function row(line) {
    const [card, envelope] = line.split(" ");
    return el("li", { class: fits(line) ? "hit" : "" },
      el("span", { class: "card-key", text: `${card.slice(0, 10)}…` }), " ", el("span", { text: envelope }));
  }
}
