// Card codes: 16 Crockford characters, and the two signing keys derived from them; twin of survey/box/tokens.py.
import { p256 } from "@noble/curves/nist.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { Fault } from "./faults.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE = /^[0-9A-HJKMNP-TV-Z]{16}$/;
const LOOKALIKES = { O: "0", I: "1", L: "1" };

/** Read a typed code; case, spaces, dashes and the lookalikes O, I, L do not matter. */
export function parse(text) {
  const folded = text.normalize("NFKC").toUpperCase();
  const code = folded.replace(/[\s\p{Pd}]/gu, "").replace(/[OIL]/g, (sign) => LOOKALIKES[sign]);
  if (!CODE.test(code)) throw new Fault("box.bad_code", "票卡号应为16位字母和数字，请对照票卡重新输入。");
  return code;
}

/** Return a fresh code of 80 random bits. */
export function freshCode() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => ALPHABET[byte & 31]).join("");
}

/** Return `code` in groups of four, as the card prints it. */
export function display(code) {
  return code.match(/.{4}/g).join("-");
}

/** Return the secret keys that sign the ballot and the remarks of card `code`. */
export function deriveKeys(poll, code) {
  return { ballot: derive("ballot-key", poll, code), text: derive("text-key", poll, code) };
}

/** Return the public half of a card's key: its name in addresses and lists. */
export function publicHex(secret) {
  return bytesToHex(p256.getPublicKey(secret, true));
}

/** Return the secret key of the writer's remark number `place`, which finds its answer and speaks on it. */
export function replyKey(poll, code, place) {
  return derive("reply-key", poll, `${code}|${place}`);
}

function derive(purpose, poll, code) {
  let digest = sha256(utf8ToBytes(`${purpose}|${poll}|${code}`));
  // Once in four thousand million codes the digest is no scalar.
  while (!p256.utils.isValidSecretKey(digest)) digest = sha256(digest);
  return digest;
}
