// The desk's own words in English; the page says its language. Faults of keys and packages stay as they were said.
const ENGLISH = {
  "先不": "Not now",
  "按{label}筛选": "Filter by {label}",
  "{label}：全部": "{label}: all",
  "在表中查找": "Search the table",
  "在「{caption}」中查找": "Search in “{caption}”",
  "没有符合的行，换个词试试。": "No row fits; try another word.",
  "共{all}行": "{all} rows",
  "{shown}行，共{all}行": "{shown} of {all} rows",
  "没有完成，请再试一次；仍不行请换一台电脑。": "Not done. Please try again, or use another computer.",
  "两次输入的口令不一样，请重新输入。": "The two passphrases differ; please type them again.",
  "正在制作密钥，请稍候：": "Making the key, please wait: ",
  "密钥文件 {name} 已交给浏览器保存。请确认它在您的U盘上，再登记公钥。": "Key file {name} was given to the browser to save. Make sure it is on your USB stick, then register the public key.",
  "请先选择您的密钥文件。": "Choose your key file first.",
  "正在核对口令：": "Checking the passphrase: ",
  "已签名，正在提交。": "Signed, submitting.",
  "正在打开份额：": "Opening the shares: ",
  "份额已打开，正在提交。": "Shares opened, submitting.",
};

/** Return `sentence` in the page's language, with {names} filled in. */
export function t(sentence, values = {}) {
  const known = document.documentElement.lang === "en" ? (ENGLISH[sentence] ?? sentence) : sentence;
  return known.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
