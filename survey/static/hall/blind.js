// Blind tickets (RFC 9474, RSABSSA-SHA384-PSS-Randomized) on the firm's device; twin of survey/box/blind.py.
// Everything derives from the 128 bits of one recovery phrase: the same phrase asks for the same ticket.
import { hmac } from "@noble/hashes/hmac.js";
import { sha384, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { deriveKeys, publicHex } from "./codes.js";
import { Fault } from "./faults.js";
import { remoteCode } from "./seedcode.js";

const DIGEST = 48;
const SALT = 48;
const PREFIX = 32;
const SPARE = 16;

const number = (bytes) => BigInt(`0x${bytesToHex(bytes) || "0"}`);
const bytesOf = (value, size) => hexToBytes(value.toString(16).padStart(2 * size, "0"));
const bitsOf = (value) => value.toString(2).length;

function u32(value) {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

function mask(seed, length) {
  const blocks = [];
  for (let count = 0; count * DIGEST < length; count += 1) blocks.push(sha384(concatBytes(seed, u32(count))));
  return concatBytes(...blocks).subarray(0, length);
}

function power(base, exponent, modulus) {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
}

/** Return the inverse of `value`, or null when there is none. */
function inverse(value, modulus) {
  let [a, b, x, y] = [modulus, value % modulus, 0n, 1n];
  while (b) {
    const quotient = a / b;
    [a, b, x, y] = [b, a - quotient * b, y, x - quotient * y];
  }
  return a === 1n ? ((x % modulus) + modulus) % modulus : null;
}

/** Return EMSA-PSS-ENCODE of `message` for a modulus of `bits` bits (RFC 8017 section 9.1.1). */
export function encodePss(message, bits, salt) {
  const length = Math.ceil((bits - 1) / 8);
  const digest = sha384(concatBytes(new Uint8Array(8), sha384(message), salt));
  const block = new Uint8Array(length - DIGEST - 1);
  block[block.length - salt.length - 1] = 1;
  block.set(salt, block.length - salt.length);
  const cover = mask(digest, block.length);
  const masked = block.map((byte, at) => byte ^ cover[at]);
  masked[0] &= 0xff >> (8 * length - (bits - 1));
  return concatBytes(masked, digest, Uint8Array.of(0xbc));
}

/** Tell whether `signature` is an RSA-PSS signature of `message` with a salt of `saltBytes`. */
export function holds({ n, e }, message, signature, saltBytes = SALT) {
  const bits = bitsOf(n);
  const value = number(signature);
  if (value >= n) return false;
  const encoded = bytesOf(power(value, e, n), Math.ceil((bits - 1) / 8));
  const digest = encoded.subarray(encoded.length - DIGEST - 1, encoded.length - 1);
  const cover = mask(digest, encoded.length - DIGEST - 1);
  const salt = cover.map((byte, at) => byte ^ encoded[at]).subarray(cover.length - saltBytes);
  return bytesToHex(encodePss(message, bits, salt)) === bytesToHex(encoded);
}

/** Return the blinded message and what is kept to unblind the answer. */
export function blind({ n, e }, prepared, salt, factor) {
  const encoded = number(encodePss(prepared, bitsOf(n), salt));
  const back = inverse(factor, n);
  if (back === null || inverse(encoded, n) === null) {
    throw new Fault("ticket.bad_factor", "领取凭证时出错，请换一组恢复词重新领取。");
  }
  const size = Math.ceil(bitsOf(n) / 8);
  return { message: bytesOf((encoded * power(factor, e, n)) % n, size), prepared, inverse: back };
}

/** Return the signature of the prepared message; refuse one that does not hold. */
export function finalize(key, blinded, blindSignature, saltBytes = SALT) {
  const size = Math.ceil(bitsOf(key.n) / 8);
  const signature = bytesOf((number(blindSignature) * blinded.inverse) % key.n, size);
  if (blindSignature.length !== size || !holds(key, blinded.prepared, signature, saltBytes)) {
    throw new Fault("ticket.bad_signature", "发证方返回的签名不对，凭证没有领到，请停止操作并告诉监督人员。");
  }
  return signature;
}

function derived(seed, label, length) {
  const blocks = [];
  for (let count = 0; count * 64 < length; count += 1) blocks.push(hmac(sha512, seed, utf8ToBytes(`${label}|${count}`)));
  return concatBytes(...blocks).subarray(0, length);
}

/** Return the one blinded message of `kind` that this phrase ever asks the issuer to sign. */
export function request(key, seed, kind, poll) {
  const card = publicHex(deriveKeys(poll, remoteCode(bytesToHex(seed)))[kind]);
  const label = `${kind}|${poll}`;
  const prepared = concatBytes(
    derived(seed, `prefix|${label}`, PREFIX),
    utf8ToBytes(`ticket|${kind}|${poll}|${card}`),
  );
  const length = Math.ceil(bitsOf(key.n) / 8) + SPARE;
  const factor = number(derived(seed, `factor|${label}`, length)) % key.n;
  return blind(key, prepared, derived(seed, `salt|${label}`, SALT), factor);
}

/** Return the ticket that goes with an envelope: message prefix and signature. */
export function ticket(key, blinded, blindSignature) {
  return concatBytes(blinded.prepared.subarray(0, PREFIX), finalize(key, blinded, blindSignature));
}
