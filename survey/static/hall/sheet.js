// The sheet of the verified manifest: its lines, how each is called, and finding them.
import { kin, spells, syllables } from "./finding.js";
import { t } from "./words.js";

/** The three options with the words of the ballot; absence of a mark is 未评价. */
export const OPTIONS = [
  { mark: "A", label: t("非常满意"), kind: "good" },
  { mark: "B", label: t("服务一般"), kind: "fair" },
  { mark: "C", label: t("服务较差"), kind: "poor" },
];

const KIND = { leader: t("部门领导"), staff: t("工作人员") };

/** One line of the ballot: the whole, a unit or a person. */
function line(id, kind, title, unit, subtitle, duties, role) {
  const haystack = [title, unit?.name, subtitle, duties, role].filter(Boolean).join(" ").toLowerCase();
  return { id, kind, title, unit, subtitle, duties, role, haystack };
}

const LATIN = /^[a-zü']+$/;

/** Everything the manifest says may be rated, in slate order; `readings` tells how names are spelt. */
export class Sheet {
  constructor(manifest, readings = "") {
    const { units, persons } = manifest.slate;
    this.manifest = manifest;
    this.overall = line("overall", "overall", t("总体评价"), null, t("对全县涉企服务的总体感受"), "");
    this.units = units.map((unit) => line(unit.id, "unit", unit.name, unit, unit.series, ""));
    const byUnit = new Map(units.map((unit) => [unit.id, unit]));
    this.persons = persons.map((person) =>
      line(person.id, "person", person.name, byUnit.get(person.unit), person.post, person.duties, KIND[person.kind]),
    );
    this.lines = [this.overall, ...this.units, ...this.persons];
    this.byId = new Map(this.lines.map((each) => [each.id, each]));
    this.people = new Map(units.map((unit) => [unit.id, []]));
    for (const person of this.persons) this.people.get(person.unit.id)?.push(person);
    const spelt = syllables(readings);
    for (const [place, each] of [...this.units, ...this.persons].entries()) each.spelt = spelt[place] ?? [];
  }

  /** Return the lines that answer every word of `query`, those whose name does first. */
  find(query) {
    const words = query.toLowerCase().split(/[\s,，、]+/u).filter(Boolean);
    if (!words.length) return [];
    const found = [...this.units, ...this.persons].filter((each) => words.every((word) => answers(each, word)));
    const named = (each) => words.some((word) => calls(each, word));
    return [...found.filter(named), ...found.filter((each) => !named(each))];
  }
}

/** Tell whether `word` is in the line's name, or spells it. */
function calls(each, word) {
  return each.title.toLowerCase().includes(word) || (LATIN.test(word) && spells(word.replace(/'/g, ""), each.spelt));
}

function answers(each, word) {
  return calls(each, word) || kin(word).some((other) => each.haystack.includes(other));
}

/** Say who a line is about in one breath, for legends and for the review. */
export function fullName(each) {
  if (each.kind === "overall") return each.title;
  if (each.kind === "unit") return t("{name}（单位）", { name: each.title });
  return [each.title, each.unit.name, each.subtitle].filter(Boolean).join(t("，"));
}

/** Return the words of a mark. */
export function labelOf(mark) {
  return OPTIONS.find((option) => option.mark === mark)?.label ?? t("未评价");
}
