// Sealing on the voter's own device: nothing of it needs crypto.subtle, which plain http does not have.
// Twin of survey/box/seal.py; both are held to the same golden envelopes.
import { gcm } from "@noble/ciphers/aes.js";
import { p256 } from "@noble/curves/nist.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, randomBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { deriveKeys, publicHex } from "./codes.js";
import { SUITE, aad, boxInfo, u32 } from "./envelope.js";
import * as hpke from "./hpke.js";
import { encodeRemarks, pack, pad } from "./packing.js";
import { split } from "./shamir.js";

export { deriveKeys, parse as parseCode } from "./codes.js";

const NONCE = new Uint8Array(12);
const KEY_BYTES = 32;
const SEED_BYTES = 48;

/** Return the SHA-256 (hex) of the manifest's bytes exactly as they came. */
export function manifestHash(bytes) {
  return bytesToHex(sha256(bytes));
}

/** Seal and sign a ballot; `marks` maps line ids to A, B, C. Returns {key, body, receipt}. */
export function sealBallot(manifest, hash, code, marks, version = 1, random = randomBytes) {
  const body = pad(pack(manifest, marks), manifest.ballot_body);
  return sign("ballot", manifest, code, close(manifest, hash, body, random), version);
}

/** Seal and sign the remarks, a list of {line, text}; an empty list gives an envelope of the same size. */
export function sealText(manifest, hash, code, remarks, version = 1, random = randomBytes) {
  const body = pad(encodeRemarks(manifest, remarks), manifest.text_body);
  return sign("text", manifest, code, close(manifest, hash, body, random), version);
}

function close(manifest, hash, body, random) {
  const key = random(KEY_BYTES);
  const commit = sha256(concatBytes(utf8ToBytes("K|"), key));
  const bound = aad(manifest.poll, hexToBytes(hash), commit);
  const shares = split(key, manifest.threshold, manifest.inspectors.map(({ position }) => position), random);
  const boxes = manifest.inspectors.map(({ position, public_key: publicKey }) => {
    const ephemeral = p256.utils.randomSecretKey(random(SEED_BYTES));
    return hpke.seal(hexToBytes(publicKey), boxInfo(bound, position), shares.get(position), ephemeral);
  });
  const sealed = gcm(key, NONCE, bound).encrypt(body);
  return concatBytes(Uint8Array.of(SUITE), hexToBytes(hash), commit, ...boxes, sealed);
}

/** Sign an envelope as the given version of the voter's request. */
export function sign(kind, manifest, code, envelope, version) {
  const secret = deriveKeys(manifest.poll, code)[kind];
  const head = u32(version);
  const message = concatBytes(utf8ToBytes(`${kind}|${manifest.poll}|`), head, envelope);
  const body = concatBytes(head, p256.sign(message, secret), envelope);
  return { key: publicHex(secret), body, receipt: bytesToHex(sha256(envelope)) };
}
