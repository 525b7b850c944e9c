// One line of the ballot: a real radio group whose legend says person and unit, and its problem box.
import { el } from "./dom.js";
import { OPTIONS, fullName } from "./sheet.js";
import { t } from "./words.js";

const LONGEST = 600;
const SCARCE = 200;

/** Build the fieldset of `line`; it writes every tap into `marks`. */
export function lineView(line, marks) {
  const view = el("fieldset", { class: `line ${line.kind}`, id: `line-${line.id}`, data: { line: line.id } });
  const clear = el("button", { type: "button", class: "quiet clear", text: t("清除，不评价") });
  const radios = OPTIONS.map((option) => radio(line, option));
  const star = pin(line, marks);
  const show = () => {
    const mark = marks.of(line.id);
    for (const { input } of radios) input.checked = input.value === mark;
    view.classList.toggle("marked", Boolean(mark));
    clear.hidden = !mark;
    // Whoever was rated was dealt with: the star makes room for taking the rating back.
    if (star) star.hidden = Boolean(mark);
  };
  for (const { input } of radios) {
    input.addEventListener("change", () => { marks.mark(line.id, input.value); show(); });
  }
  clear.setAttribute("aria-label", t("清除，不评价：{name}", { name: fullName(line) }));
  clear.addEventListener("click", () => {
    marks.clear(line.id);
    show();
    radios[0].input.focus({ preventScroll: true });
  });
  view.append(legend(line), about(line), el("div", { class: "options" }, radios.map((each) => each.label)));
  view.append(el("div", { class: "under" }, remarkBox(line, marks), star, clear));
  show();
  return view;
}

function radio(line, { mark, label, kind }) {
  const input = el("input", { type: "radio", name: `mark-${line.id}`, value: mark, id: `mark-${line.id}-${mark}` });
  return { input, label: el("label", { class: `option ${kind}` }, input, el("span", { text: label })) };
}

function legend(line) {
  const unit = line.kind === "person" ? [el("span", { class: "of-unit", text: line.unit.name })] : [];
  const kind = line.kind === "unit" ? [el("span", { class: "of-unit", text: t("对这个单位的评价") })] : [];
  return el("legend", {}, el("span", { class: "name", text: line.title }), unit, kind);
}

function about(line) {
  const parts = [line.subtitle && el("span", { class: "post", text: line.subtitle })];
  if (line.duties) parts.push(el("span", { class: "duties", text: t("负责：{duties}", { duties: line.duties }) }));
  const shown = parts.filter(Boolean);
  return line.kind !== "unit" && shown.length ? el("p", { class: "about" }, shown) : "";
}

/** A star that puts the line on the voter's own list; it rates nobody and stays on the device. */
function pin(line, marks) {
  if (line.kind === "overall") return "";
  const star = el("button", { type: "button", class: "quiet pin" });
  const show = () => {
    const yes = marks.pinned(line.id);
    star.textContent = yes ? t("★ 打过交道") : t("☆ 打过交道");
    star.setAttribute("aria-pressed", String(yes));
    star.setAttribute("aria-label", `${star.textContent}${t("：")}${fullName(line)}`);
  };
  star.addEventListener("click", () => { marks.pin(line.id, !marks.pinned(line.id)); show(); });
  show();
  return star;
}

function remarkBox(line, marks) {
  const written = marks.textOf(line.id);
  const says = (text) => (text.trim() ? t("反映问题（已写）") : t("反映问题"));
  const summary = el("summary", { text: says(written) });
  const hint = el("p", {
    class: "hint", id: `hint-${line.id}`,
    text: t("可不写。只交审查小组查看，与评价分开封存；请不要写能认出您企业的内容。"),
  });
  const text = el("textarea", {
    id: `text-${line.id}`, rows: 3, maxLength: LONGEST, "aria-describedby": `hint-${line.id}`,
  });
  const room = el("p", { class: "sentence warning", role: "status", hidden: true });
  text.value = written;
  text.addEventListener("input", () => {
    marks.remark(line.id, text.value);
    summary.textContent = says(text.value);
    const left = marks.room();
    room.hidden = left >= SCARCE;
    room.textContent = left < 0
      ? t("各处合计多了约{count}字，请删减。", { count: -left }) : t("各处合计还可写约{count}字。", { count: left });
  });
  const asked = line.kind === "overall" ? t("想反映什么问题？") : t("想反映{name}的什么问题？", { name: line.title });
  const label = el("label", { for: text.id, text: asked });
  return el("details", { class: "remark", open: Boolean(written) }, summary, label, hint, text, room);
}
