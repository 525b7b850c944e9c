// What the voter has marked and written so far. Nothing is ever marked beforehand; absence is 未评价.

import { utf8ToBytes } from "@noble/hashes/utils.js";
import { textRoom } from "./packing.js";

const BYTES_PER_SIGN = 3;

/** The marks and remarks of one ballot, in slate order; listeners hear of every change. */
export class Marks {
  #marks = new Map();
  #remarks = new Map();
  #pins = new Set();
  #listeners = [];

  constructor(sheet) {
    this.sheet = sheet;
  }

  /** Tell `listener(lineId)` after every change. */
  onChange(listener) {
    this.#listeners.push(listener);
  }

  /** Mark a line A, B or C. */
  mark(id, option) {
    if (!this.sheet.byId.has(id) || !"ABC".includes(option)) throw new RangeError(`no such mark: ${id} ${option}`);
    this.#marks.set(id, option);
    this.#tell(id);
  }

  /** Take a line's mark back: it is 未评价 again. */
  clear(id) {
    this.#marks.delete(id);
    this.#tell(id);
  }

  /** Write, change or (with nothing but blanks) withdraw the remark on a line. */
  remark(id, text) {
    if (!this.sheet.byId.has(id)) throw new RangeError(`no such line: ${id}`);
    if (text.trim()) this.#remarks.set(id, text);
    else this.#remarks.delete(id);
    this.#tell(id);
  }

  /** Put a line on the voter's own list of those dealt with, or take it off; it is no rating. */
  pin(id, yes) {
    if (yes) this.#pins.add(id);
    else this.#pins.delete(id);
    this.#tell(id);
  }

  /** Tell whether the line is on the voter's own list. */
  pinned(id) {
    return this.#pins.has(id);
  }

  /** Return the ids on the voter's own list; it never leaves the device. */
  pins() {
    return [...this.#pins];
  }

  /** Tell whether the voter dealt with this line: pinned, marked or written on. */
  dealt(id) {
    return this.#pins.has(id) || this.touched(id);
  }

  /** Return A, B, C or undefined. */
  of(id) {
    return this.#marks.get(id);
  }

  /** Return what was written on a line, or nothing. */
  textOf(id) {
    return this.#remarks.get(id) ?? "";
  }

  /** Tell whether the line was marked or written on. */
  touched(id) {
    return this.#marks.has(id) || this.#remarks.has(id);
  }

  /** Return the touched lines in slate order. */
  touchedLines() {
    return this.sheet.lines.filter((line) => this.touched(line.id));
  }

  /** Count the marks by kind of line, and the remarks. */
  counts() {
    const counts = { overall: 0, unit: 0, person: 0, remarks: this.#remarks.size };
    for (const id of this.#marks.keys()) counts[this.sheet.byId.get(id).kind] += 1;
    return counts;
  }

  /** Return {line: mark}, in slate order. */
  marks() {
    const marked = this.sheet.lines.filter((line) => this.#marks.has(line.id));
    return Object.fromEntries(marked.map((line) => [line.id, this.#marks.get(line.id)]));
  }

  /** Return [{line, text}], in slate order, without blanks around the text. */
  remarks() {
    const written = this.sheet.lines.filter((line) => this.#remarks.has(line.id));
    return written.map((line) => ({ line: line.id, text: this.#remarks.get(line.id).trim() }));
  }

  /** Return about how many Chinese characters still fit into the envelope of remarks; negative when too many. */
  room() {
    const used = utf8ToBytes(JSON.stringify(this.remarks())).length;
    return Math.floor((textRoom(this.sheet.manifest) - used) / BYTES_PER_SIGN);
  }

  /** Take up a kept draft; lines that the sheet does not have are left out. */
  restore({ marks = {}, remarks = [], pins = [] }) {
    for (const [id, option] of Object.entries(marks)) {
      if (this.sheet.byId.has(id) && "ABC".includes(option)) this.#marks.set(id, option);
    }
    for (const { line, text } of remarks) if (this.sheet.byId.has(line)) this.#remarks.set(line, text);
    for (const id of pins) if (this.sheet.byId.has(id)) this.#pins.add(id);
    this.#tell(null);
  }

  #tell(id) {
    for (const listener of this.#listeners) listener(id);
  }
}
