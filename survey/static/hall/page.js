// The list the voter works in: overall question, units folded by series, search, and the progress bar.
import { byId, el, fill, goTo } from "./dom.js";
import { grouped, jumpBar } from "./jump.js";
import { lineView } from "./line.js";
import { t } from "./words.js";

const MOST = 40;

/** Shows the sheet as folded units, as search results or as those dealt with; one of them at a time. */
export class Page {
  #open = new Set();
  #notes = new Map();

  constructor(sheet, marks) {
    this.sheet = sheet;
    this.marks = marks;
    this.list = byId("list");
    this.search = byId("search");
    this.only = byId("only-dealt");
    this.found = byId("found");
    this.search.addEventListener("input", (event) => event.isComposing || this.show());
    this.search.addEventListener("compositionend", () => this.show());
    // Whoever comes back to the field looks for somebody else.
    this.search.addEventListener("focus", () => this.search.select());
    this.only.addEventListener("change", () => this.show());
    byId("to-search").addEventListener("click", () => this.seek());
    jumpBar(sheet.units, (unit) => this.jump(unit));
    fill(byId("overall"), lineView(sheet.overall, marks));
    marks.onChange(() => this.progress());
    this.show();
    this.progress();
  }

  /** Build the list anew after the search words or the switch changed. */
  show() {
    const query = this.search.value.trim();
    this.#notes.clear();
    // What was found stands right under the field, where the keyboard of a phone does not cover it.
    for (const id of ["jump", "search-hint"]) byId(id).hidden = Boolean(query || this.only.checked);
    byId("only-dealt-row").hidden = Boolean(query);
    if (query) this.#results(this.sheet.find(query));
    else if (this.only.checked) this.#dealtWith();
    else {
      const [units, people] = [this.sheet.units.length, this.sheet.persons.length];
      this.found.textContent = t("共 {units} 个单位、{people} 人，点单位名称展开", { units, people });
      const groups = [...grouped(this.sheet.units)];
      fill(this.list, groups.flatMap(([series, units]) => [
        el("h3", { class: "series", text: series }), ...units.map((unit) => this.#unit(unit)),
      ]));
    }
  }

  /** Bring the search field into view, ready for the next name. */
  seek() {
    this.search.focus({ preventScroll: true });
    this.search.scrollIntoView({ block: "start" });
  }

  /** Open one unit and bring its head to the top. */
  jump(unit) {
    this.#open.add(unit);
    this.show();
    const head = byId(`unit-${unit}`).querySelector("summary");
    head.focus({ preventScroll: true });
    head.scrollIntoView({ block: "start" });
  }

  /** Bring one line into view, wherever it stands. */
  reveal(id) {
    const line = this.sheet.byId.get(id);
    if (line.kind !== "overall" && !byId(`line-${id}`)?.offsetParent) {
      this.search.value = "";
      this.only.checked = false;
      this.#open.add((line.unit ?? line).id);
      this.show();
    }
    const shown = byId(`line-${id}`);
    goTo(shown?.querySelector("input:checked") ?? shown?.querySelector("input"));
  }

  /** Say how far the voter is, without asking for more. */
  progress() {
    const counts = this.marks.counts();
    const parts = [t("{count} 人", { count: counts.person })];
    if (counts.unit) parts.push(t("{count} 个单位", { count: counts.unit }));
    if (counts.overall) parts.push(t("总体"));
    byId("progress").textContent = t("已评 {what}，其余 {rest} 人保持未评价", {
      what: parts.join(t("、")), rest: this.sheet.persons.length - counts.person,
    });
    for (const [unit, note] of this.#notes) note.textContent = this.#note(unit);
  }

  #results(lines) {
    const few = lines.length > MOST ? t("，先列出 {most} 项，请再写几个字", { most: MOST }) : "";
    this.found.textContent = t("找到 {count} 项", { count: lines.length }) + few;
    if (lines.length) fill(this.list, lines.slice(0, MOST).map((line) => lineView(line, this.marks)));
    else this.#nothing(t("没有找到。可以试试姓氏、拼音首字母、单位、职务或事项，例如“消防”“用地”。"));
  }

  #dealtWith() {
    const units = this.sheet.units.filter((unit) => this.marks.dealt(unit.id));
    const chosen = new Set(units.map((unit) => unit.id));
    const people = this.sheet.persons.filter((one) => this.marks.dealt(one.id) && !chosen.has(one.unit.id));
    const count = units.length + people.length;
    this.found.textContent = count ? t("打过交道的 {count} 项", { count }) : "";
    fill(this.list, units.map((unit) => this.#unit(unit)), people.map((one) => lineView(one, this.marks)));
    if (!count) this.#nothing(t("还没有标记。在单位或人员下面点“☆ 打过交道”，或者直接评价，这里就只列出他们。"));
  }

  #nothing(text) {
    fill(this.list, el("p", { class: "nothing", text }));
  }

  #note(unit) {
    const people = this.sheet.people.get(unit.id);
    const rated = [unit, ...people].filter((line) => this.marks.of(line.id)).length;
    return t("{count} 人", { count: people.length }) + (rated ? t(" · 已评 {rated}", { rated }) : "");
  }

  #unit(unit) {
    const note = el("span", { class: "note", text: this.#note(unit) });
    this.#notes.set(unit, note);
    const title = el("span", { class: "name", text: unit.title });
    const box = el("details", { class: "unit", id: `unit-${unit.id}` }, el("summary", {}, title, note));
    const build = () => {
      if (box.childElementCount > 1) return;
      box.append(...[unit, ...this.sheet.people.get(unit.id)].map((line) => lineView(line, this.marks)));
    };
    box.addEventListener("toggle", () => {
      if (box.open) this.#open.add(unit.id);
      else this.#open.delete(unit.id);
      if (box.open) build();
    });
    if (this.#open.has(unit.id)) {
      build();
      box.open = true;
    }
    return box;
  }
}
