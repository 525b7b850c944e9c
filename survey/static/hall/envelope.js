// The envelope's layout: suite | manifest hash | commit | N share boxes | body; twin of survey/box/seal.py.
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

export const SUITE = 1;
const HEADER = 1 + 32 + 32;
const SHARE_BOX = 65 + 32 + 16;

/** Return a number as four bytes, the highest first. */
export function u32(value) {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

/** Return what every box and the body are bound to. */
export function aad(poll, manifestHash, commit) {
  return concatBytes(utf8ToBytes(`${poll}|`), manifestHash, commit);
}

/** Return what one inspector's box is bound to. */
export function boxInfo(bound, position) {
  return concatBytes(bound, Uint8Array.of(position));
}

/** Take apart what an inspector needs of an envelope: manifest hash, commit and the own box. */
export function takeApart(envelope, position) {
  const start = HEADER + SHARE_BOX * (position - 1);
  return {
    suite: envelope[0],
    manifest: envelope.subarray(1, 33),
    commit: envelope.subarray(33, HEADER),
    box: envelope.subarray(start, start + SHARE_BOX),
  };
}

/** Return the part behind the boxes of `inspectors` inspectors. */
export function bodyOf(envelope, inspectors) {
  return envelope.subarray(HEADER + SHARE_BOX * inspectors);
}

/** Tell whether two byte strings are the same. */
export function same(one, other) {
  return bytesToHex(one) === bytesToHex(other);
}
