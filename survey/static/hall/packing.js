// What stands inside a sealed body: ratings as two bits a line, remarks as JSON; twin of survey/box/packing.py.
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { Fault } from "./faults.js";

const MARKS = "ABC";
const LENGTH_BYTES = 4;
const HARMFUL = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Return the ballot's lines in slate order: overall, units, persons. */
export function lines({ slate }) {
  return ["overall", ...slate.units.map(({ id }) => id), ...slate.persons.map(({ id }) => id)];
}

/** Return two bits for each line in slate order, the first line lowest; blank is 0. */
export function pack(manifest, marks) {
  const places = new Map(lines(manifest).map((line, place) => [line, place]));
  const packed = new Uint8Array((places.size + 3) >> 2);
  for (const [line, mark] of Object.entries(marks)) {
    const place = placeOf(places, line);
    const code = mark.length === 1 ? MARKS.indexOf(mark) + 1 : 0;
    if (!code) throw new Fault("box.unknown_mark", `「${mark}」不是选项，只能选非常满意、服务一般、服务较差或不填。`);
    packed[place >> 2] |= code << (2 * (place & 3));
  }
  return packed;
}

function placeOf(places, line) {
  const place = places.get(line);
  if (place === undefined) throw new Fault("box.unknown_line", `选票上没有「${line}」这一行，请刷新页面后重新填写。`);
  return place;
}

/** Return the remarks, a list of {line, text}, as JSON in slate order; empty ones are left out. */
export function encodeRemarks(manifest, remarks) {
  const places = new Map(lines(manifest).map((line, place) => [line, place]));
  const kept = remarks.map(({ line, text, reply }) => ({ place: placeOf(places, line), line, text: clean(text), reply }));
  const ordered = kept.filter(({ text }) => text).sort((one, other) => one.place - other.place);
  const content = utf8ToBytes(JSON.stringify(ordered.map(({ line, text, reply }) => ({ line, text, reply }))));
  const room = textRoom(manifest);
  if (content.length > room) {
    const words = `反映的问题太长，共约${Math.floor(content.length / 3)}字，最多约${Math.floor(room / 3)}字，请删减后再提交。`;
    throw new Fault("box.too_much_text", words);
  }
  return content;
}

/** Return how many bytes of remarks fit on one card. */
export function textRoom(manifest) {
  return manifest.text_body - LENGTH_BYTES;
}

/** Return `text` without control signs, direction signs and lone surrogates, trimmed. */
export function clean(text) {
  const spaced = text.replace(/\r\n?/g, "\n").replace(/\t/g, " ");
  return spaced.replace(HARMFUL, (sign) => (sign === "\n" ? sign : "")).trim();
}

/** Return u32 length ‖ content ‖ zeros, `size` bytes in all. */
export function pad(content, size) {
  const body = new Uint8Array(size);
  new DataView(body.buffer).setUint32(0, content.length);
  body.set(content, LENGTH_BYTES);
  return body;
}
