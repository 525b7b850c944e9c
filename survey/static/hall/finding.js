// Finding people by what comes to mind: name, pinyin, initials, unit, post, matter, or another word for it.

/** Words that entrepreneurs use for the same matter; whoever types one also finds the others. */
const KIN = [
  ["用地", "土地", "征地", "不动产", "房产证"],
  ["执照", "企业开办", "登记", "证照"],
  ["消防", "火灾"],
  ["税", "发票", "退税"],
  ["社保", "社会保险", "参保", "养老"],
  ["医保", "医疗保障"],
  ["环保", "环评", "排污", "环境"],
  ["用电", "供电", "电费", "停电"],
  ["用水", "供水", "水费"],
  ["贷款", "融资", "转贷", "银行"],
  ["招工", "用工", "招聘", "劳动"],
  ["安监", "安全生产", "隐患"],
  ["质检", "质量监督", "计量", "特种设备"],
  ["城管", "城市管理", "市容", "占道"],
  ["卫生", "体检", "疾控"],
  ["报警", "治安", "警务", "公安"],
  ["补贴", "惠企资金", "产业扶持", "研发补助"],
];

/** Return the words that count as `word`. */
export function kin(word) {
  return [word, ...KIN.filter((row) => row.includes(word)).flat()];
}

/** Take apart what the page brought: one list of syllables (each with its readings) a line. */
export function syllables(readings) {
  if (!readings) return [];
  return readings.split(",").map((line) => line.split(" ").filter(Boolean).map((each) => each.split("/")));
}

/** Tell whether `typed` spells the syllables from some place on: whole, by initials, or mixed (zhuhr). */
export function spells(typed, parts) {
  return parts.some((_, start) => from(typed, parts, start));
}

function from(typed, parts, place) {
  if (!typed) return true;
  if (place === parts.length) return false;
  return parts[place].some((reading) => {
    for (let taken = shared(typed, reading); taken > 0; taken -= 1) {
      if (from(typed.slice(taken), parts, place + 1)) return true;
    }
    return false;
  });
}

function shared(one, other) {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
