// The inspector's own pages: the key pair is made, and the shares are opened, in this browser alone.
import { makeKeyFile, openShares, signText, unlock } from "./keys.js";
import { t } from "./words.js";

const FAILED = "没有完成，请再试一次；仍不行请换一台电脑。";
const find = (form, name) => form.querySelector(`[data-${name}]`);

function percent(words, say) {
  return (done) => { say(`${words}${Math.round(done * 100)}%`); };
}

/** Run `work` once at a time with the button asleep, and say its fault in one sentence. */
async function run(form, button, work) {
  const place = find(form, "say");
  const say = (words, kind = "") => {
    place.textContent = words;
    place.className = kind ? `sentence ${kind}` : "";
  };
  button.disabled = true;
  try {
    await work(say);
  } catch (fault) {
    say(fault.sentence ?? t(FAILED), "fault");
  } finally {
    button.disabled = false;
  }
}

function save(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(content)], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

async function make(form, say) {
  const { poll, position, holder } = form.dataset;
  const passphrase = find(form, "passphrase").value;
  if (passphrase !== find(form, "again").value) {
    say(t("两次输入的口令不一样，请重新输入。"), "fault");
    return;
  }
  const file = await makeKeyFile(poll, Number(position), holder, passphrase, percent(t("正在制作密钥，请稍候："), say));
  save(`${poll}-key-${position}.json`, file);
  form.elements.public_key.value = file.public_key;
  find(form, "passphrase").value = "";
  find(form, "again").value = "";
  const saved = find(form, "saved");
  saved.disabled = false;
  saved.checked = false;
  find(form, "register").disabled = true;
  const name = `${poll}-key-${position}.json`;
  say(t("密钥文件 {name} 已交给浏览器保存。请确认它在您的U盘上，再登记公钥。", { name }), "good");
}

function guardKeyPage(form) {
  const button = find(form, "make");
  button.addEventListener("click", () => run(form, button, (say) => make(form, say)));
  find(form, "saved").addEventListener("change", (event) => {
    find(form, "register").disabled = !event.target.checked;
  });
}

/** Return the chosen key file with its secret key; say what is missing. */
async function unlocked(form, say) {
  const [chosen] = find(form, "key-file").files;
  if (!chosen) {
    say(t("请先选择您的密钥文件。"), "fault");
    return null;
  }
  const keyFile = await read(chosen);
  const secret = await unlock(keyFile, find(form, "passphrase").value, form.dataset.poll, percent(t("正在核对口令："), say));
  return { keyFile, secret };
}

async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`server ${answer.status}`);
  return answer.text();
}

async function sign(form, say) {
  const own = await unlocked(form, say);
  if (!own) return;
  form.elements.signature.value = signText("table", form.dataset.poll, await fetched(form.dataset.table), own.secret);
  say(t("已签名，正在提交。"), "good");
  form.submit();
}

async function open(form, say) {
  const own = await unlocked(form, say);
  if (!own) return;
  const { keyFile, secret } = own;
  const pack = await fetched(form.dataset.package);
  const shares = await openShares(pack, secret, keyFile.position, percent(t("正在打开份额："), say));
  const carrier = new DataTransfer();
  carrier.items.add(new File([JSON.stringify(shares)], "shares.json", { type: "application/json" }));
  form.elements.shares.files = carrier.files;
  say(t("份额已打开，正在提交。"), "good");
  form.submit();
}

async function read(file) {
  try {
    return JSON.parse(await file.text());
  } catch {
    // Said as a damaged key file would be: unlock knows the sentence.
    return {};
  }
}

function guardOpeningPage(form) {
  const button = find(form, "open");
  button.addEventListener("click", () => run(form, button, (say) => open(form, say)));
}

function guardSigning(form) {
  const button = find(form, "sign");
  button.addEventListener("click", () => run(form, button, (say) => sign(form, say)));
}

document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("form[data-sign-table]")) guardSigning(form);
  for (const form of document.querySelectorAll("form[data-make-key]")) guardKeyPage(form);
  for (const form of document.querySelectorAll("form[data-open-shares]")) guardOpeningPage(form);
});
