// HPKE base mode (RFC 9180): DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, one message, no aad.
import { gcm } from "@noble/ciphers/aes.js";
import { p256 } from "@noble/curves/nist.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

const EMPTY = new Uint8Array();
const KEM = concatBytes(utf8ToBytes("KEM"), Uint8Array.of(0, 16));
const SUITE = concatBytes(utf8ToBytes("HPKE"), Uint8Array.of(0, 16, 0, 1, 0, 2));
const POINT = 65;

function labeledExtract(suite, salt, label, input) {
  return extract(sha256, concatBytes(utf8ToBytes("HPKE-v1"), suite, utf8ToBytes(label), input), salt);
}

function labeledExpand(suite, secret, label, info, length) {
  const labeled = concatBytes(Uint8Array.of(0, length), utf8ToBytes("HPKE-v1"), suite, utf8ToBytes(label), info);
  return expand(sha256, secret, labeled, length);
}

/** Return the secret that both sides derive from a Diffie-Hellman value. */
function shared(secretKey, publicKey, context) {
  const dh = p256.getSharedSecret(secretKey, publicKey, true).subarray(1);
  const extracted = labeledExtract(KEM, EMPTY, "eae_prk", dh);
  return labeledExpand(KEM, extracted, "shared_secret", context, 32);
}

/** Return key and nonce of the one message (RFC 9180 section 5.1, mode base). */
export function schedule(sharedSecret, info) {
  const context = concatBytes(
    Uint8Array.of(0),
    labeledExtract(SUITE, EMPTY, "psk_id_hash", EMPTY),
    labeledExtract(SUITE, EMPTY, "info_hash", info),
  );
  const secret = labeledExtract(SUITE, sharedSecret, "secret", EMPTY);
  return {
    key: labeledExpand(SUITE, secret, "key", context, 32),
    nonce: labeledExpand(SUITE, secret, "base_nonce", context, 12),
  };
}

/** Seal `plaintext` to a public key with a fresh ephemeral secret key; return enc ‖ ct. */
export function seal(publicKey, info, plaintext, ephemeral, aad = EMPTY) {
  const recipient = p256.Point.fromBytes(publicKey).toBytes(false);
  const enc = p256.getPublicKey(ephemeral, false);
  const { key, nonce } = schedule(shared(ephemeral, recipient, concatBytes(enc, recipient)), info);
  return concatBytes(enc, gcm(key, nonce, aad).encrypt(plaintext));
}

/** Open enc ‖ ct with a secret key; throw when it was not sealed for it or for `info`. */
export function open(secretKey, info, sealed, aad = EMPTY) {
  const enc = sealed.subarray(0, POINT);
  const own = p256.getPublicKey(secretKey, false);
  const { key, nonce } = schedule(shared(secretKey, enc, concatBytes(enc, own)), info);
  return gcm(key, nonce, aad).decrypt(sealed.subarray(POINT));
}
