// The WebCrypto side of the ballot page for the tests: reads a list of commands as JSON, prints the answers.
import { readFileSync } from "node:fs";
import { bytesToHex, hexToBytes, utf8ToBytes } from "../../survey/static/node_modules/@noble/hashes/utils.js";

const subtle = await import("../../survey/static/hall/subtle.js");

const hexed = ({ key, body, receipt }) => ({ key, body: bytesToHex(body), receipt });

const COMMANDS = {
  async seal({ manifest, code, marks, remarks }) {
    const read = JSON.parse(manifest);
    const hash = await subtle.manifestHash(utf8ToBytes(manifest));
    return {
      ballot: hexed(await subtle.sealBallot(read, hash, code, marks)),
      text: hexed(await subtle.sealText(read, hash, code, remarks)),
    };
  },
  point: ({ scalar }) => subtle.publicPoint(BigInt(`0x${scalar}`)).map((each) => each.toString(16).padStart(64, "0")),
  async schedule({ secret, info }) {
    const { key, nonce } = await subtle.schedule(hexToBytes(secret), hexToBytes(info));
    return [bytesToHex(key), bytesToHex(nonce)];
  },
  hpkeSeal: async ({ publicKey, info, plaintext }) =>
    bytesToHex(await subtle.hpkeSeal(...[publicKey, info, plaintext].map((each) => hexToBytes(each)))),
  async draft({ key, plain }) {
    const nonce = new Uint8Array(12);
    const sealed = await subtle.encrypt(hexToBytes(key), nonce, utf8ToBytes(plain));
    return new TextDecoder().decode(await subtle.decrypt(hexToBytes(key), nonce, sealed));
  },
  probe: async () => (await subtle.probe()) ?? "fit",
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
