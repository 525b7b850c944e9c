// The browser's side of the box for the tests: reads a list of commands as JSON, prints the answers.
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { sha256 } from "../../survey/static/node_modules/@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "../../survey/static/node_modules/@noble/hashes/utils.js";

// What a page on plain http has: random values, but no subtle.
Object.defineProperty(globalThis, "crypto", {
  value: { getRandomValues: (array) => webcrypto.getRandomValues(array) },
  configurable: true,
});

const seal = await import("../../survey/static/hall/seal.js");
const codes = await import("../../survey/static/hall/codes.js");
const hpke = await import("../../survey/static/hall/hpke.js");
const packing = await import("../../survey/static/hall/packing.js");
const shamir = await import("../../survey/static/hall/shamir.js");
const keys = await import("../../survey/static/desk/keys.js");

/** Return a source of bytes that a seed decides, for golden files. */
function seeded(seed) {
  let count = 0;
  return (length) => {
    const blocks = [];
    while (blocks.length * 32 < length) blocks.push(sha256(utf8ToBytes(`${seed}|${(count += 1)}`)));
    return concatBytes(...blocks).slice(0, length);
  };
}

const hexed = ({ key, body, receipt }) => ({ key, body: bytesToHex(body), receipt });

const COMMANDS = {
  seal({ manifest, code, marks, remarks, seed }) {
    const read = JSON.parse(manifest);
    const hash = seal.manifestHash(utf8ToBytes(manifest));
    const random = seed === undefined ? [] : [seeded(seed)];
    return {
      ballot: hexed(seal.sealBallot(read, hash, code, marks, 1, ...random)),
      text: hexed(seal.sealText(read, hash, code, remarks, 1, ...random)),
    };
  },
  code: ({ text }) => codes.parse(text),
  publicKeys({ poll, code }) {
    const { ballot, text } = codes.deriveKeys(poll, code);
    return [codes.publicHex(ballot), codes.publicHex(text)];
  },
  pack: ({ manifest, marks }) => bytesToHex(packing.pack(JSON.parse(manifest), marks)),
  remarks: ({ manifest, remarks }) => bytesToHex(packing.encodeRemarks(JSON.parse(manifest), remarks)),
  combine: ({ shares }) => bytesToHex(shamir.combine(new Map(shares.map(([x, y]) => [x, hexToBytes(y)])))),
  split({ secret, threshold, positions }) {
    const random = (length) => webcrypto.getRandomValues(new Uint8Array(length));
    return [...shamir.split(hexToBytes(secret), threshold, positions, random)].map(([x, y]) => [x, bytesToHex(y)]);
  },
  hpkeOpen: ({ key, info, sealed, aad }) =>
    bytesToHex(hpke.open(hexToBytes(key), hexToBytes(info), hexToBytes(sealed), hexToBytes(aad))),
  hpkeSeal: ({ publicKey, info, plaintext, ephemeral, aad }) =>
    bytesToHex(
      hpke.seal(...[publicKey, info, plaintext, ephemeral, aad].map((each) => hexToBytes(each))),
    ),
  makeKeyFile: ({ poll, position, holder, passphrase }) => keys.makeKeyFile(poll, position, holder, passphrase),
  unlock: async ({ keyFile, passphrase, poll }) => bytesToHex(await keys.unlock(keyFile, passphrase, poll)),
  openShares: ({ pack, key, position }) => keys.openShares(pack, hexToBytes(key), position),
};

const answers = [];
for (const { act, ...rest } of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    answers.push({ answer: await COMMANDS[act](rest) });
  } catch (fault) {
    if (!fault.sentence) throw fault;
    answers.push({ code: fault.code, sentence: fault.sentence });
  }
}
process.stdout.write(JSON.stringify(answers));
