// An inspector's key pair in the own browser: made, wrapped by a passphrase, used to open share boxes.
// Pure functions without a page; twin of survey/box/keys.py and of shares_with in survey/box/opening.py.
import { gcm } from "@noble/ciphers/aes.js";
import { p256 } from "@noble/curves/nist.js";
import { argon2idAsync } from "@noble/hashes/argon2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes, nextTick, randomBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { aad, boxInfo, takeApart } from "../hall/envelope.js";
import { Fault } from "../hall/faults.js";
import * as hpke from "../hall/hpke.js";

const FORMAT = "qiping-key-1";
const SHARES_FORMAT = "qiping-shares-1";
const PACKAGE_FORMAT = "qiping-package-1";
const PAPER = "# 纸质票批次 ";
const COST = { passes: 3, memory_kib: 32 * 1024, lanes: 1 };
const MOST = { passes: 16, memory_kib: 1024 * 1024, lanes: 8 };
const SHORTEST = 8;

/** Return a key file with a fresh key pair; `onProgress` hears fractions from 0 to 1. */
export async function makeKeyFile(poll, position, holder, passphrase, onProgress) {
  const folded = fold(passphrase);
  if ([...folded].length < SHORTEST) {
    throw new Fault("key.weak_passphrase", `口令太短，请至少使用${SHORTEST}个字符。`);
  }
  const secret = p256.utils.randomSecretKey();
  const keyFile = {
    format: FORMAT,
    poll,
    position,
    holder,
    public_key: bytesToHex(p256.getPublicKey(secret, false)),
    kdf: { name: "argon2id", ...COST, salt: bytesToHex(randomBytes(16)) },
    cipher: "aes-256-gcm",
    nonce: bytesToHex(randomBytes(12)),
  };
  const wrap = gcm(await wrappingKey(keyFile, folded, onProgress), hexToBytes(keyFile.nonce), label(keyFile));
  keyFile.wrapped = bytesToHex(wrap.encrypt(secret));
  keyFile.check = check(keyFile);
  return keyFile;
}

/** Return the secret key of a key file; refuse a damaged file, one of another `poll`, a wrong passphrase. */
export async function unlock(keyFile, passphrase, poll, onProgress) {
  refuseDamaged(keyFile);
  if (poll !== undefined && keyFile.poll !== poll) {
    const words = `这是测评「${keyFile.poll}」的密钥文件，不是测评「${poll}」的，请选择本次测评的密钥文件。`;
    throw new Fault("key.other_poll", words);
  }
  const key = await wrappingKey(keyFile, fold(passphrase), onProgress);
  let secret;
  try {
    secret = gcm(key, hexToBytes(keyFile.nonce), label(keyFile)).decrypt(hexToBytes(keyFile.wrapped));
  } catch {
    throw new Fault("key.wrong_passphrase", "口令不对，密钥没有打开，请核对大小写后重新输入。");
  }
  if (bytesToHex(p256.getPublicKey(secret, false)) !== keyFile.public_key) throw damaged();
  return secret;
}

/** Return the share set that opens, with M-1 others, every envelope of `pack` (the package's text or object). */
export async function openShares(pack, secret, position, onProgress) {
  const { manifest, hash, board, envelopes, paper } = readPackage(pack);
  const registered = manifest.inspectors.find((each) => each.position === position);
  if (registered?.public_key !== bytesToHex(p256.getPublicKey(secret, false))) {
    const words = `这把密钥不是本次测评第${position}位监督人登记的密钥，请选择登记时使用的密钥文件。`;
    throw new Fault("key.other_position", words);
  }
  const signed = board ? { board: signSealed(manifest.poll, board, envelopes, paper, secret) } : {};
  const shares = {};
  const sealed = [...envelopes, ...paper];
  for (const [done, envelope] of sealed.entries()) {
    shares[bytesToHex(sha256(envelope))] = share(manifest.poll, envelope, secret, position);
    onProgress?.((done + 1) / sealed.length);
    await nextTick();
  }
  return { format: SHARES_FORMAT, poll: manifest.poll, position, holder: registered.holder, manifest: hash, shares, ...signed };
}

/** Return the inspector's signature under a board: `which` is "sealed" (S) or "table" (T). */
export function signBoard(which, poll, sha256Hex, secret) {
  return bytesToHex(p256.sign(utf8ToBytes(`board|${which}|${poll}|${sha256Hex}`), secret));
}

/** Return the inspector's signature under a board given as text. */
export function signText(which, poll, text, secret) {
  return signBoard(which, poll, bytesToHex(sha256(utf8ToBytes(text))), secret);
}

/** Sign board S once its envelopes are found to be those of the package; refuse any other board. */
function signSealed(poll, board, envelopes, paper, secret) {
  const inside = new Set(envelopes.map((envelope) => bytesToHex(sha256(envelope))));
  const lines = board.split("\n").filter((line) => line && !line.startsWith("#"));
  const listed = new Set(lines.map((line) => line.split(" ")[1]));
  const differing = [...inside, ...listed].find((each) => inside.has(each) !== listed.has(each));
  if (differing) {
    const words = `密封选票与公示栏不一致，首个不同的信封指纹是${differing.slice(0, 16)}，请停止开箱并查明原因。`;
    throw new Fault("opening.other_board", words);
  }
  const named = board.split("\n").filter((line) => line.startsWith(PAPER)).map((line) => line.slice(PAPER.length));
  if (named.join() !== paper.map((envelope) => bytesToHex(sha256(envelope))).join()) {
    throw new Fault("paper.other_board", "纸质票批次与公示栏的密封选票清单不一致，请停止开箱并查明原因。");
  }
  const digest = bytesToHex(sha256(utf8ToBytes(board)));
  return { sha256: digest, signature: signBoard("sealed", poll, digest, secret) };
}

function readPackage(pack) {
  try {
    const content = typeof pack === "string" ? JSON.parse(pack) : pack;
    if (content.format !== PACKAGE_FORMAT) throw new Error("not a package");
    const envelopes = [...content.ballots, ...content.texts].map(fromBase64);
    const paper = content.paper ? [fromBase64(content.paper)] : [];
    const hash = bytesToHex(sha256(utf8ToBytes(content.manifest)));
    return { manifest: JSON.parse(content.manifest), hash, board: content.board, envelopes, paper };
  } catch {
    throw new Fault("opening.bad_package", "开箱文件已损坏或不是开箱文件，请从票箱页面重新下载。");
  }
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

/** Return the share in hex, or nothing where the box does not open: then the envelope was badly made. */
function share(poll, envelope, secret, position) {
  const { manifest, commit, box } = takeApart(envelope, position);
  try {
    return bytesToHex(hpke.open(secret, boxInfo(aad(poll, manifest, commit), position), box));
  } catch {
    return "";
  }
}

function fold(passphrase) {
  return passphrase.normalize("NFKC").replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}

function wrappingKey({ kdf }, folded, onProgress) {
  const cost = { t: kdf.passes, m: kdf.memory_kib, p: kdf.lanes, dkLen: 32, asyncTick: 30 };
  return argon2idAsync(utf8ToBytes(folded), hexToBytes(kdf.salt), onProgress ? { ...cost, onProgress } : cost);
}

/** Return what the wrapping is bound to, so that a file cannot be passed off as another's. */
function label({ format, poll, position, holder, public_key: publicKey }) {
  return utf8ToBytes(canonical([format, poll, position, holder, publicKey]));
}

/** Return the digest that tells a damaged file from a wrong passphrase. */
function check({ check: _own, ...content }) {
  return bytesToHex(sha256(utf8ToBytes(canonical(content))));
}

function refuseDamaged(keyFile) {
  if (keyFile?.format !== FORMAT) {
    throw new Fault("key.not_a_key_file", "这不是监督密钥文件，请选择制作密钥时保存的文件。");
  }
  const { kdf } = keyFile;
  const fair = Object.entries(MOST).every(([name, most]) => kdf?.[name] >= 1 && kdf[name] <= most);
  const sizes = { [keyFile.public_key]: 65, [keyFile.nonce]: 12, [keyFile.wrapped]: 48, [kdf?.salt]: 16 };
  const sized = Object.entries(sizes).every(([hex, size]) => /^([0-9a-f]{2})*$/.test(hex) && hex.length === 2 * size);
  if (!fair || !sized || kdf.name !== "argon2id" || keyFile.check !== check(keyFile)) throw damaged();
}

function damaged() {
  return new Fault("key.damaged", "密钥文件已损坏，内容不完整或被改动，请改用备份。");
}

/** Return the one JSON form that is hashed: sorted keys, no spaces. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${entries.join(",")}}`;
}
