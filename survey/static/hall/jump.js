// The jump bar: two taps from the series to any unit of the list.
import { byId, el, fill } from "./dom.js";
import { t } from "./words.js";

/** Offer the series of `units`, and of the one tapped its units; `go(unitId)` opens a unit. */
export function jumpBar(units, go) {
  const series = grouped(units);
  const names = el("div", { class: "chips", id: "jump-units" });
  const chips = [...series.keys()].map((name) => chip(name, () => toggle(name)));
  let opened = null;

  function toggle(name) {
    opened = opened === name ? null : name;
    for (const each of chips) each.setAttribute("aria-expanded", String(each.dataset.series === opened));
    fill(names, (series.get(opened) ?? []).map((unit) => chip(unit.title, () => { toggle(name); go(unit.id); })));
  }

  for (const [place, each] of chips.entries()) {
    each.dataset.series = [...series.keys()][place];
    each.setAttribute("aria-expanded", "false");
    each.setAttribute("aria-controls", "jump-units");
  }
  fill(byId("jump"), el("span", { class: "hint", text: t("按类别跳到单位") }), el("div", { class: "chips" }, chips), names);
}

/** Group units by their series, in order of first appearance. */
export function grouped(units) {
  const groups = new Map();
  for (const unit of units) groups.set(unit.subtitle, [...(groups.get(unit.subtitle) ?? []), unit]);
  return groups;
}

function chip(text, act) {
  return el("button", { type: "button", class: "chip", text, on: { click: act } });
}
