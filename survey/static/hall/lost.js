// A lost phone: the twelve characters and the public list of answers give the ticket back, here on this device.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { request, ticket } from "./blind.js";
import { Fault } from "./faults.js";
import { entropyOf } from "./phrase.js";

const KINDS = ["ballot", "text"];
const EXPONENT = 65537n;

/** Return the ticket of a typed phrase; everybody fetches the same whole `list`, the search stays here. */
export function recover(text, words, manifest, list) {
  const seed = entropyOf(text, words);
  const signatures = new Map(list.split("\n").filter(Boolean).map((line) => {
    const [kind, digest, signature] = line.split(" ");
    return [`${kind} ${digest}`, signature];
  }));
  const tokens = KINDS.map((kind) => {
    const key = { n: BigInt(`0x${manifest.remote.keys[kind]}`), e: EXPONENT };
    const asked = request(key, seed, kind, manifest.poll);
    const signature = signatures.get(`${kind} ${bytesToHex(sha256(asked.message))}`);
    if (!signature) throw new Fault("ticket.none", "没有用这12个字领过凭证，请核对；没有领过凭证的，请到会场投票。");
    return [kind, bytesToHex(ticket(key, asked, hexToBytes(signature)))];
  });
  return { seed: bytesToHex(seed), tokens: Object.fromEntries(tokens), version: 1, voted: false, recovered: true };
}
