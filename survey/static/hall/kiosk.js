// A borrowed tablet: keeps nothing, and wipes itself after each voter and when nobody is there any more.
import { byId } from "./dom.js";
import { t } from "./words.js";

const PARAMETERS = new URLSearchParams(location.search);
const AFTER_VOTE = 60;
const WARNING = 60;
const IDLE = Math.max(Number(PARAMETERS.get("idle")) || 300, 2);

/** Tell whether this page stands on a borrowed tablet. */
export const kiosk = PARAMETERS.get("kiosk") === "1";

/** Begin anew without a trace: everything a voter did was in this page's memory alone. */
export function wipe() {
  removeEventListener("beforeunload", wipe);
  location.replace(location.pathname + location.search);
}

/** After the receipt: a button for the next person, and a wipe that comes by itself. */
export function afterVote() {
  if (!kiosk) return;
  const button = byId("next-voter");
  button.hidden = false;
  button.addEventListener("click", wipe);
  let left = AFTER_VOTE;
  const tick = () => {
    byId("wipe-words").textContent = t("请先抄下或拍下回执。{left}秒后本机自动清空，给下一位使用。", { left });
    if (left === 0) wipe();
    left -= 1;
  };
  tick();
  setInterval(tick, 1000);
}

/** Ask after a long silence whether somebody is still there; a ballot on its way is never interrupted. */
export function watch(busy) {
  if (!kiosk) return;
  const dialog = byId("still-there");
  let silent = 0;
  const stir = () => { silent = 0; };
  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) addEventListener(kind, stir, { passive: true });
  byId("still-here").addEventListener("click", () => { stir(); dialog.close(); });
  setInterval(() => {
    if (busy() || !begun()) return;
    silent += 1;
    if (silent < IDLE) return;
    if (!dialog.open) dialog.showModal();
    const left = IDLE + WARNING - silent;
    byId("still-words").textContent = t("很久没有操作了。如果您还在填写，请点“我还在填写”；否则{left}秒后清空本机。", { left });
    if (left <= 0) wipe();
  }, 1000);
}

function begun() {
  return ["mark", "review", "compare"].some((id) => !byId(id).hidden);
}
