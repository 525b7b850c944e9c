// Sealing without crypto.subtle, which plain http does not have: everything in JavaScript (noble).
import { gcm } from "@noble/ciphers/aes.js";
import { sha256 as digest } from "@noble/hashes/sha2.js";
import { publicHex, replyKey } from "./codes.js";

export { manifestHash, sealBallot, sealText, sign } from "./seal.js";

export const NAME = "noble";

/** Return the public half of the key that the writer's remark number `place` carries. */
export function replyPublic(poll, code, place) {
  return publicHex(replyKey(poll, code, place));
}

/** Return the SHA-256 of `content`. */
export function sha256(content) {
  return digest(content);
}

/** Return `plain` sealed by AES-256-GCM. */
export function encrypt(key, nonce, plain) {
  return gcm(key, nonce).encrypt(plain);
}

/** Return what was sealed by AES-256-GCM; throw when it was altered. */
export function decrypt(key, nonce, sealed) {
  return gcm(key, nonce).decrypt(sealed);
}
