// An inspector's key on paper: unlocked in this browser, shown as 24 characters, printed, gone with the page.
import { p256 } from "@noble/curves/nist.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { phraseOf } from "../hall/phrase.js";
import { unlock } from "./keys.js";

const FAILED = "没有完成，请再试一次；仍不行请换一台电脑。";
const form = document.querySelector("[data-backup]");
const find = (name) => form.querySelector(`[data-${name}]`);

function say(words, kind = "") {
  find("say").textContent = words;
  find("say").className = kind ? `sentence ${kind}` : "";
}

/** Open the key file and show its words; nothing of it is sent anywhere. */
async function show() {
  const [chosen] = find("file").files;
  if (!chosen) {
    say("请先选择密钥文件。", "fault");
    return;
  }
  const file = JSON.parse(await chosen.text().catch(() => "null").then((text) => (text.trim().startsWith("{") ? text : "null")));
  const secret = await unlock(file, find("passphrase").value, undefined, (done) => say(`正在打开密钥：${Math.round(done * 100)}%`));
  find("passphrase").value = "";
  if (bytesToHex(p256.getPublicKey(secret, false)) !== file.public_key) throw new Error("another key");
  document.querySelector("[data-whose]").textContent = `测评 ${file.poll}　第${file.position}位　${file.holder}`;
  const words = [...phraseOf(secret, form.dataset.words)];
  document.querySelector("[data-sheet-words]").replaceChildren(...words.map((word) => {
    const item = document.createElement("li");
    item.textContent = word;
    return item;
  }));
  document.querySelector("[data-print-sheet]").hidden = false;
  say("请打印，装进信封密封签名。关闭本页以后这些字就没有了。", "good");
}

if (form) {
  const button = find("show");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await show();
    } catch (fault) {
      say(fault.sentence ?? FAILED, "fault");
    } finally {
      button.disabled = false;
    }
  });
  document.querySelector("[data-print]").addEventListener("click", () => print());
}
