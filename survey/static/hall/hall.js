// The ballot page begins: card, manifest, comparison, and only then the ballot.
import { parse } from "./codes.js";
import { byId, groups } from "./dom.js";
import { fetchManifest } from "./fetching.js";
import { keepCard, keptCard, pollKey, takeFragment } from "./link.js";
import { keepPage } from "./keeping.js";
import { kiosk, watch } from "./kiosk.js";
import { letterSizes, show, stop } from "./screens.js";
import { t } from "./words.js";
import { Vote } from "./vote.js";

const poll = pollKey();

/** Ask for the code on the card; `sentence` says what was wrong with the last one. */
function askCode(sentence = "") {
  byId("code-fault").textContent = sentence;
  byId("code-fault").hidden = !sentence;
  byId("code-form").onsubmit = (event) => {
    event.preventDefault();
    take(byId("code").value, "");
  };
  show("ask-code");
}

function take(text, hash) {
  try {
    open({ code: parse(text), hash });
  } catch {
    askCode(t("短码应为16位字母和数字，请对照票卡再输入一次。"));
  }
}

/** Verify the manifest against the card before a single name is shown. */
async function open(card) {
  show("loading");
  let fetched;
  try {
    fetched = await fetchManifest(poll);
    if (card.hash && card.hash !== fetched.hash) fetched = await fetchManifest(poll, "reload");
  } catch {
    stop(t("没有取到票面清单，请检查网络后再试。"), { retry: () => open(card) });
    return;
  }
  if (fetched.manifest.poll !== poll) stop(t("服务器给出的清单不是这一场测评的，请告诉现场监督人员。"));
  else if (!card.hash) confirm(fetched, card);
  else if (card.hash !== fetched.hash) {
    stop(t("票面清单的指纹与您的票卡不一致，本页不会打开选票。请立即把票卡交给现场监督人员查看。"));
  } else begin(fetched, card);
}

/** A typed code brings no fingerprint, so the voter compares it with card and screen. */
function confirm(fetched, card) {
  byId("fingerprint").textContent = groups(fetched.hash.slice(0, 16));
  byId("fingerprint-same").onclick = () => begin(fetched, { ...card, hash: fetched.hash });
  byId("fingerprint-other").onclick = () => stop(t("清单指纹不一致，请不要填写，并立即告诉现场监督人员。"));
  show("compare");
}

function begin({ manifest, hash }, card) {
  if (!stored.shared) keepCard(poll, card);
  byId("poll-title").textContent = manifest.title;
  const vote = new Vote(manifest, hash, card);
  watch(() => Boolean(vote.sealed));
  vote.begin();
}

const stored = {
  get shared() {
    if (kiosk) return true;
    try {
      return sessionStorage.getItem("qiping.shared") === "yes";
    } catch {
      return true;
    }
  },
};

/** Begin with the card of the link, or of this tab, or ask for the code. */
function start() {
  letterSizes();
  const gate = byId("ballot").dataset.gate;
  let card;
  try {
    card = takeFragment() ?? keptCard(poll);
  } catch {
    if (gate === "open") askCode(t("二维码里的短码读不出来，请手工输入票卡上的16位短码。"));
  }
  if (card && gate !== "closed" && gate !== "void" && !stored.shared) keepCard(poll, card);
  if (gate === "void") stop(t("这一场测评已经作废，请听现场工作人员安排。"));
  else if (gate === "closed") show("closed");
  else if (gate !== "open") show("not-open");
  else if (card) open(card);
  else if (card !== undefined) askCode();
}

if (byId("ballot").dataset.gate === "open") keepPage(byId("ballot").dataset.keep);
byId("reload")?.addEventListener("click", () => location.reload());
addEventListener("hashchange", () => location.hash.length > 1 && location.reload());
start();
