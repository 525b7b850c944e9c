// Sealing with the browser's own cryptography, where a secure context gives crypto.subtle; twin of seal.js.
// WebCrypto has no way from a secret scalar to its public point, so that one multiplication is done here.
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { SUITE, aad, boxInfo, u32 } from "./envelope.js";
import { encodeRemarks, pack, pad } from "./packing.js";
import { split } from "./shamir.js";

export const NAME = "WebCrypto";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const HMAC = { name: "HMAC", hash: "SHA-256" };
const KEM = concatBytes(utf8ToBytes("KEM"), Uint8Array.of(0, 16));
const HPKE = concatBytes(utf8ToBytes("HPKE"), Uint8Array.of(0, 16, 0, 1, 0, 2));
const EMPTY = new Uint8Array();
const KEY_BYTES = 32;

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const G = [
  0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
  1n,
];

const subtle = () => globalThis.crypto.subtle;
const random = (length) => crypto.getRandomValues(new Uint8Array(length));
const mod = (value) => ((value % P) + P) % P;
const number = (bytes) => BigInt(`0x${bytesToHex(bytes)}`);
const bytes = (value) => hexToBytes(value.toString(16).padStart(64, "0"));

/** Return the SHA-256 of `content`. */
export async function sha256(content) {
  return new Uint8Array(await subtle().digest("SHA-256", content));
}

/** Return the SHA-256 (hex) of the manifest's bytes exactly as they came. */
export async function manifestHash(content) {
  return bytesToHex(await sha256(content));
}

/** Return `plain` sealed by AES-256-GCM. */
export async function encrypt(key, nonce, plain, bound = EMPTY) {
  const imported = await subtle().importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  return new Uint8Array(await subtle().encrypt({ name: "AES-GCM", iv: nonce, additionalData: bound }, imported, plain));
}

/** Return what was sealed by AES-256-GCM; throw when it was altered. */
export async function decrypt(key, nonce, sealed) {
  const imported = await subtle().importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  return new Uint8Array(await subtle().decrypt({ name: "AES-GCM", iv: nonce }, imported, sealed));
}

/** Seal and sign a ballot; `marks` maps line ids to A, B, C. Returns {key, body, receipt}. */
export async function sealBallot(manifest, hash, code, marks, version = 1) {
  const body = pad(pack(manifest, marks), manifest.ballot_body);
  return sign("ballot", manifest, code, await close(manifest, hash, body), version);
}

/** Seal and sign the remarks, a list of {line, text}; an empty list gives an envelope of the same size. */
export async function sealText(manifest, hash, code, remarks, version = 1) {
  const body = pad(encodeRemarks(manifest, remarks), manifest.text_body);
  return sign("text", manifest, code, await close(manifest, hash, body), version);
}

/** Return the public half of the key that the writer's remark number `place` carries. */
export async function replyPublic(poll, code, place) {
  const [x, y] = publicPoint(number(await scalar("reply-key", poll, `${code}|${place}`))).map(bytes);
  return (y[31] & 1 ? "03" : "02") + bytesToHex(x);
}

/** Throw unless this browser can do all that sealing needs. */
export async function probe() {
  const pair = await subtle().generateKey(CURVE, true, ["deriveBits"]);
  const own = new Uint8Array(await subtle().exportKey("raw", pair.publicKey));
  await hpkeSeal(own, EMPTY, EMPTY);
  await signBytes(await scalar("probe", "", ""), EMPTY);
}

/** Sign an envelope as the given version of the voter's request. */
export async function sign(kind, manifest, code, envelope, version) {
  const card = await scalar(`${kind}-key`, manifest.poll, code);
  const head = u32(version);
  const message = concatBytes(utf8ToBytes(`${kind}|${manifest.poll}|`), head, envelope);
  const { key, signature } = await signBytes(card, message);
  return { key, body: concatBytes(head, signature, envelope), receipt: bytesToHex(await sha256(envelope)) };
}

async function close(manifest, hash, body) {
  const key = random(KEY_BYTES);
  const commit = await sha256(concatBytes(utf8ToBytes("K|"), key));
  const bound = aad(manifest.poll, hexToBytes(hash), commit);
  const shares = split(key, manifest.threshold, manifest.inspectors.map(({ position }) => position), random);
  const boxes = await Promise.all(
    manifest.inspectors.map(({ position, public_key: publicKey }) =>
      hpkeSeal(hexToBytes(publicKey), boxInfo(bound, position), shares.get(position)),
    ),
  );
  const sealed = await encrypt(key, new Uint8Array(12), body, bound);
  return concatBytes(Uint8Array.of(SUITE), hexToBytes(hash), commit, ...boxes, sealed);
}

/** Return the secret scalar of a card's key (bytes). */
async function scalar(purpose, poll, code) {
  let digest = await sha256(utf8ToBytes(`${purpose}|${poll}|${code}`));
  // Once in four thousand million codes the digest is no scalar.
  while (number(digest) === 0n || number(digest) >= N) digest = await sha256(digest);
  return digest;
}

async function signBytes(secret, message) {
  const [x, y] = publicPoint(number(secret)).map(bytes);
  const jwk = { kty: "EC", crv: "P-256", x: base64(x), y: base64(y), d: base64(secret) };
  const imported = await subtle().importKey("jwk", jwk, SIGNING, false, ["sign"]);
  const signature = new Uint8Array(await subtle().sign(SIGNING, imported, message));
  return { key: (y[31] & 1 ? "03" : "02") + bytesToHex(x), signature };
}

function base64(content) {
  return btoa(String.fromCharCode(...content)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Return affine x and y of the generator times `secret`; each bit costs a doubling and an addition. */
export function publicPoint(secret) {
  const bits = secret.toString(2);
  let point = G;
  for (const bit of bits.slice(1)) {
    point = double(point);
    const sum = add(point, G);
    point = bit === "1" ? sum : point;
  }
  const inverse = power(point[2], P - 2n);
  const square = mod(inverse * inverse);
  return [mod(point[0] * square), mod(point[1] * square * inverse)];
}

function power(base, exponent) {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = mod(result * result);
    if (bit === "1") result = mod(result * base);
  }
  return result;
}

/** Double a point in Jacobian coordinates (a = -3). */
function double([x, y, z]) {
  const delta = mod(z * z);
  const gamma = mod(y * y);
  const beta = mod(x * gamma);
  const alpha = mod(3n * (x - delta) * (x + delta));
  const x3 = mod(alpha * alpha - 8n * beta);
  return [x3, mod(alpha * (4n * beta - x3) - 8n * gamma * gamma), mod(2n * y * z)];
}

/** Add an affine point to another one in Jacobian coordinates; below the group's order they never meet. */
function add([x1, y1, z1], [x2, y2]) {
  const square = mod(z1 * z1);
  const h = mod(x2 * square - x1);
  const r = mod(y2 * square * z1 - y1);
  const hh = mod(h * h);
  const hhh = mod(hh * h);
  const v = mod(x1 * hh);
  const x3 = mod(r * r - hhh - 2n * v);
  return [x3, mod(r * (v - x3) - y1 * hhh), mod(z1 * h)];
}

async function hmac(key, content) {
  // An empty key is padded to zeros anyway, and some browsers refuse to import it.
  const imported = await subtle().importKey("raw", key.length ? key : new Uint8Array(32), HMAC, false, ["sign"]);
  return new Uint8Array(await subtle().sign("HMAC", imported, content));
}

function labeledExtract(suite, salt, label, input) {
  return hmac(salt, concatBytes(utf8ToBytes("HPKE-v1"), suite, utf8ToBytes(label), input));
}

async function labeledExpand(suite, secret, label, info, length) {
  const head = concatBytes(Uint8Array.of(0, length), utf8ToBytes("HPKE-v1"), suite, utf8ToBytes(label));
  return (await hmac(secret, concatBytes(head, info, Uint8Array.of(1)))).slice(0, length);
}

/** Seal to a public key with a fresh ephemeral key (RFC 9180, mode base); return enc ‖ ct. */
export async function hpkeSeal(publicKey, info, plaintext) {
  const recipient = await subtle().importKey("raw", publicKey, CURVE, true, []);
  const pair = await subtle().generateKey(CURVE, false, ["deriveBits"]);
  const enc = new Uint8Array(await subtle().exportKey("raw", pair.publicKey));
  const own = new Uint8Array(await subtle().exportKey("raw", recipient));
  const dh = await subtle().deriveBits({ name: "ECDH", public: recipient }, pair.privateKey, 256);
  const extracted = await labeledExtract(KEM, EMPTY, "eae_prk", new Uint8Array(dh));
  const secret = await labeledExpand(KEM, extracted, "shared_secret", concatBytes(enc, own), 32);
  const { key, nonce } = await schedule(secret, info);
  return concatBytes(enc, await encrypt(key, nonce, plaintext));
}

/** Return key and nonce of the one message (RFC 9180 section 5.1, mode base). */
export async function schedule(sharedSecret, info) {
  const [id, hash, secret] = await Promise.all([
    labeledExtract(HPKE, EMPTY, "psk_id_hash", EMPTY),
    labeledExtract(HPKE, EMPTY, "info_hash", info),
    labeledExtract(HPKE, sharedSecret, "secret", EMPTY),
  ]);
  const context = concatBytes(Uint8Array.of(0), id, hash);
  const [key, nonce] = await Promise.all([
    labeledExpand(HPKE, secret, "key", context, 32),
    labeledExpand(HPKE, secret, "base_nonce", context, 12),
  ]);
  return { key, nonce };
}
