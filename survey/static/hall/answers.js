// The county's answers to problems: everybody fetches all of them, the own ones are found here, on this device.
import { p256 } from "@noble/curves/nist.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { parse, publicHex, replyKey } from "./codes.js";
import { byId, el, fill } from "./dom.js";
import { letterSizes } from "./screens.js";
import { t } from "./words.js";

const MOST = 64;
const WORDS = { S: t("解决了"), P: t("部分解决"), U: t("没有解决") };
const page = byId("answers").dataset;

letterSizes();
start();

async function start() {
  let answers;
  try {
    const answer = await fetch(page.list, { credentials: "omit", cache: "no-store" });
    if (!answer.ok) throw new Error(`server ${answer.status}`);
    answers = await answer.json();
  } catch {
    byId("total").textContent = t("没有取到答复，请检查网络后刷新本页。");
    return;
  }
  byId("total").textContent = t("共 {count} 条公开答复。", { count: answers.length });
  fill(byId("all"), answers.map(({ text }) => el("li", { class: "card", text })));
  byId("find").addEventListener("submit", (event) => {
    event.preventDefault();
    find(answers);
  });
}

/** Find the answers whose keys derive from the typed code. */
function find(answers) {
  let code;
  try {
    code = parse(byId("code").value);
  } catch {
    say("fault", t("查询码应为16位字母和数字，请对照抄下的再输入一次。"));
    return;
  }
  const known = new Map(answers.map((answer) => [answer.key, answer]));
  const own = [];
  for (let place = 0; place < MOST; place += 1) {
    const secret = replyKey(page.poll, code, place);
    const answer = known.get(publicHex(secret));
    if (answer) own.push({ ...answer, secret });
  }
  if (own.length) say("good", t("找到 {count} 条给您的答复。", { count: own.length }));
  else say("warning", t("还没有给您的答复。办理需要时间，请过些日子再来；也请核对查询码。"));
  fill(byId("own"), own.map(card));
}

function say(kind, sentence) {
  byId("found").className = `sentence ${kind}`;
  byId("found").textContent = sentence;
  byId("found").hidden = false;
}

/** Show one own answer with the three words that may be said on it. */
function card(answer) {
  const status = el("p", { class: "hint", role: "status", text: t("问题解决了吗？点一下就行，只说一次。") });
  const buttons = Object.entries(WORDS).map(([word, label]) => el("button", { type: "button", text: label, data: { word } }));
  for (const button of buttons) {
    button.addEventListener("click", () => speak(answer, button.dataset.word, status, buttons));
  }
  return el("li", { class: "card" }, el("p", { class: "written", text: answer.text }), status, el("div", { class: "buttons" }, buttons));
}

/** Sign the word with the remark's own key and leave it in a pigeonhole; nobody signs in. */
async function speak({ key, text, secret }, word, status, buttons) {
  const digest = bytesToHex(sha256(utf8ToBytes(text)));
  const signature = p256.sign(utf8ToBytes(`word|${page.poll}|${key}|${digest}|${word}`), secret);
  try {
    const answer = await fetch(`${page.put}/${key}`, {
      method: "PUT", body: concatBytes(utf8ToBytes(word), signature), credentials: "omit", cache: "no-store",
      headers: { "Content-Type": "application/octet-stream" },
    });
    const said = answer.status < 500 ? await answer.json() : {};
    if (!answer.ok) throw Object.assign(new Error(said.code ?? ""), said);
  } catch (fault) {
    const known = t(fault.code ?? "");
    status.textContent = known && known !== fault.code ? known : fault.sentence ?? t("没有发出去，请检查网络后再点一次。");
    return;
  }
  for (const button of buttons) button.hidden = true;
  status.className = "sentence good";
  status.textContent = t("已收到：{word}。谢谢您。", { word: WORDS[word] });
}
