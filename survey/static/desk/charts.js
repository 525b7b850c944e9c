// Charts of results ([data-chart] holds a Vega-Lite specification): drawn without eval or inline style, as the
// policy of every page asks; colours are the page's own, so dark grounds and paper need no second drawing.
import embed from "vega-embed";
import { expressionInterpreter } from "vega-interpreter";

const FACE = '"PingFang SC", "Microsoft YaHei", "Source Han Sans SC", "Noto Sans CJK SC", sans-serif';
const LETTERS = 14;
const NARROW = 480;
const of = (name) => `var(--${name})`;
const words = { labelLimit: 360, labelFontSize: LETTERS, titleFontSize: LETTERS, labelFont: FACE, titleFont: FACE, titleFontWeight: 400 };

const THEME = {
  background: null,
  font: FACE,
  aria: false,
  view: { stroke: null },
  axis: { ...words, labelColor: of("ink"), titleColor: of("ink-soft"), gridColor: of("edge"), domainColor: of("edge-strong"), tickColor: of("edge-strong") },
  axisX: { labelAngle: 0, grid: false },
  legend: { ...words, labelColor: of("ink"), titleColor: of("ink"), orient: "bottom", labelLimit: 320 },
  range: { category: [of("chart-1"), of("chart-2"), of("chart-3")], ordinal: [of("good"), of("fair"), of("poor")] },
  line: { strokeWidth: 2.5 },
  bar: { stroke: of("surface"), strokeWidth: 1 },
  point: { size: 70, filled: true },
  rule: { color: of("edge-strong"), strokeWidth: 1.5 },
  text: { color: of("ink"), font: FACE, fontSize: LETTERS },
};

const SETTINGS = {
  mode: "vega-lite",
  renderer: "svg",
  actions: false,
  // Faults alone: a notice of how bars are fitted helps nobody.
  logLevel: 1,
  defaultStyle: false,
  ast: true,
  expr: expressionInterpreter,
  tooltip: { theme: "chart", disableDefaultStyle: true },
};

async function draw(place) {
  const specification = JSON.parse(place.dataset.chart);
  const fitted = { ...specification, width: "container", autosize: { type: "fit-x", contains: "padding" } };
  // A narrow screen has no room for one name beside the other.
  const legend = { ...THEME.legend, columns: place.clientWidth < NARROW ? 1 : 3 };
  await embed(place, fitted, { ...SETTINGS, config: { ...THEME, legend } });
  // The place itself is the named image; the marks inside say nothing more that the table does not.
  place.querySelector("svg")?.setAttribute("aria-hidden", "true");
  place.dataset.drawn = "yes";
}

document.addEventListener("DOMContentLoaded", () => {
  for (const place of document.querySelectorAll("[data-chart]")) draw(place);
});
