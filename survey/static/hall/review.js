// The look before sealing: only what was marked or written, each with a way back to change it.
import { byId, el, fill } from "./dom.js";
import { t } from "./words.js";
import { OPTIONS, fullName, labelOf } from "./sheet.js";

/** Fill the review with what stands in `marks`; `change(lineId)` goes back to a line. */
export function showReview(marks, change) {
  const lines = marks.touchedLines();
  const counts = marks.counts();
  const rated = counts.overall + counts.unit + counts.person;
  fill(byId("review-list"), lines.map((line) => row(line, marks, change)));
  byId("review-count").textContent = rated
    ? t("您评价了 {rated} 项，反映问题 {remarks} 个；其余 {rest} 人保持未评价。", {
      rated, remarks: counts.remarks, rest: marks.sheet.persons.length - counts.person,
    })
    : t("您没有作出任何评价。一项都不评的选票按规定计为无效票；您可以返回填写，也可以就这样投入。");
  byId("reply-row").hidden = !counts.remarks;
  byId("review-count").className = rated ? "sentence" : "sentence warning";
}

function row(line, marks, change) {
  const mark = marks.of(line.id);
  const kind = OPTIONS.find((option) => option.mark === mark)?.kind ?? "blank";
  const text = marks.textOf(line.id).trim();
  const link = el("button", { type: "button", class: "quiet", text: t("修改"), on: { click: () => change(line.id) } });
  link.setAttribute("aria-label", t("修改：{name}", { name: fullName(line) }));
  return el("li", { class: "answer" },
    el("div", { class: "who" }, el("strong", { text: line.title }), el("span", { class: "note", text: under(line) })),
    el("span", { class: `mark ${kind}`, text: labelOf(mark) }),
    link,
    text && el("p", { class: "written", text: t("反映：{text}", { text }) }),
  );
}

function under(line) {
  if (line.kind === "overall") return "";
  if (line.kind === "unit") return t("单位");
  return [line.unit.name, line.subtitle].filter(Boolean).join(" ");
}
