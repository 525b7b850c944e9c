// Data tables ([data-sheet]): search over all cells, a choice per "choice" column, sorting by any head.
import { t } from "./words.js";

const chinese = new Intl.Collator("zh-CN", { numeric: true });
const WORTH_SEARCHING = 8;

const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
const valueOf = (row, index) => {
  const cell = row.cells[index];
  return cell ? (cell.dataset.value ?? cell.textContent.trim()) : "";
};

function compare(kind) {
  if (kind !== "number") return (a, b) => chinese.compare(a, b);
  const number = (text) => {
    const value = parseFloat(text.replace(/[,\s+]/g, "").replace("−", "-"));
    return Number.isNaN(value) ? -Infinity : value;
  };
  return (a, b) => number(a) - number(b);
}

function sortBy(sheet, head, index) {
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of sheet.heads) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const inOrder = compare(head.dataset.kind);
  const keyed = sheet.rows.map((row) => [valueOf(row, index), row]);
  keyed.sort((a, b) => (down ? -1 : 1) * inOrder(a[0], b[0]));
  sheet.body.append(...keyed.map(([, row]) => row));
}

function makeSortable(sheet) {
  sheet.heads.forEach((head, index) => {
    if (["none", "fixed"].includes(head.dataset.kind)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sortBy(sheet, head, index));
  });
}

function choiceOf(sheet, head, index) {
  const values = [...new Set(sheet.rows.map((row) => valueOf(row, index)))].filter(Boolean).sort(chinese.compare);
  const select = document.createElement("select");
  const label = head.textContent.trim();
  select.setAttribute("aria-label", t("按{label}筛选", { label }));
  select.append(new Option(t("{label}：全部", { label }), ""), ...values.map((value) => new Option(value, value)));
  return { select, index };
}

function makeSearchable(sheet) {
  const tools = document.createElement("div");
  tools.className = "sheet-tools";
  const search = document.createElement("input");
  Object.assign(search, { type: "search", placeholder: t("在表中查找"), autocomplete: "off" });
  search.setAttribute("aria-label", t("在「{caption}」中查找", sheet));
  const choices = sheet.heads
    .map((head, index) => [head, index])
    .filter(([head]) => head.dataset.kind === "choice")
    .map(([head, index]) => choiceOf(sheet, head, index));
  const count = document.createElement("output");
  const none = document.createElement("p");
  none.className = "nothing-found";
  none.textContent = t("没有符合的行，换个词试试。");
  none.hidden = true;
  tools.append(search, ...choices.map((choice) => choice.select), count);
  sheet.element.prepend(tools);
  sheet.element.append(none);
  const texts = sheet.rows.map((row) => plain(row.textContent));
  const show = () => {
    const words = plain(search.value).split(" ").filter(Boolean);
    let shown = 0;
    sheet.rows.forEach((row, at) => {
      const fits = words.every((word) => texts[at].includes(word))
        && choices.every(({ select, index }) => !select.value || valueOf(row, index) === select.value);
      row.hidden = !fits;
      shown += fits;
    });
    const all = sheet.rows.length;
    count.textContent = shown === all ? t("共{all}行", { all }) : t("{shown}行，共{all}行", { shown, all });
    none.hidden = shown > 0;
  };
  tools.addEventListener("input", show);
  show();
}

export function enhanceSheets(page) {
  for (const element of page.querySelectorAll("[data-sheet]")) {
    const table = element.querySelector("table");
    const sheet = {
      element,
      caption: table.caption.textContent.trim(),
      heads: [...table.tHead.rows[0].cells],
      body: table.tBodies[0],
      rows: [...table.tBodies[0].rows],
    };
    if (sheet.rows.length > WORTH_SEARCHING) makeSearchable(sheet);
    if (sheet.rows.length > 1) makeSortable(sheet);
  }
}
