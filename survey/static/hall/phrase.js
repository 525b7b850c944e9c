// Recovery phrases: 128 bits as 12 Chinese characters with a checksum (BIP-39); the list comes with the page.
import { sha256 } from "@noble/hashes/sha2.js";
import { Fault } from "./faults.js";

const BITS = 11;

/** How many characters a voter's phrase has. */
export const LENGTH = 12;

/** Return the characters that stand for `entropy` (16 or 32 bytes). */
export function phraseOf(entropy, list) {
  const check = entropy.length / 4;
  const bits = [...entropy, sha256(entropy)[0]].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const used = bits.slice(0, entropy.length * 8 + check);
  const words = [...list];
  return used.match(/.{11}/g).map((part) => words[parseInt(part, 2)]).join("");
}

/** Return the bytes of a typed phrase; a wrong character is named, a wrong order caught. */
export function entropyOf(text, list, length = LENGTH) {
  const typed = [...text.normalize("NFKC").replace(/[\s\p{P}]/gu, "")];
  if (typed.length !== length) {
    throw new Fault("phrase.count", `应为${length}个字，现有${typed.length}个，请对照抄下的字补齐。`);
  }
  const places = new Map([...list].map((word, place) => [word, place]));
  const odd = typed.findIndex((word) => !places.has(word));
  if (odd >= 0) throw new Fault("phrase.unknown", `第${odd + 1}个字“${typed[odd]}”不对，请对照抄下的字改正。`);
  const bits = typed.map((word) => places.get(word).toString(2).padStart(BITS, "0")).join("");
  const size = Math.floor((length * BITS) / 33) * 4;
  const entropy = Uint8Array.from({ length: size }, (_, at) => parseInt(bits.slice(8 * at, 8 * at + 8), 2));
  if (phraseOf(entropy, list) !== typed.join("")) {
    throw new Fault("phrase.order", "这些字对不上，有一个字抄错或次序颠倒，请逐字核对。");
  }
  return entropy;
}
