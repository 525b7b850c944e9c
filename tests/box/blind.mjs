// The firm's side of blind tickets for the tests: reads a list of commands as JSON, prints the answers.
import { readFileSync } from "node:fs";
import { bytesToHex, hexToBytes } from "../../survey/static/node_modules/@noble/hashes/utils.js";

const blind = await import("../../survey/static/hall/blind.js");
const phrase = await import("../../survey/static/hall/phrase.js");

const keyOf = ({ n, e }) => ({ n: BigInt(`0x${n}`), e: BigInt(`0x${e}`) });

const COMMANDS = {
  phrase: ({ entropy, list }) => phrase.phraseOf(hexToBytes(entropy), list),
  entropy: ({ text, list, length }) => bytesToHex(phrase.entropyOf(text, list, length)),
  vector({ key, prepared, salt, inverse, blindSignature }) {
    const read = keyOf(key);
    const back = BigInt(`0x${inverse}`);
    // The factor r is the inverse of the vector's inverse.
    let [a, b, x, y] = [read.n, back, 0n, 1n];
    while (b) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
    const blinded = blind.blind(read, hexToBytes(prepared), hexToBytes(salt), ((x % read.n) + read.n) % read.n);
    const signature = blind.finalize(read, blinded, hexToBytes(blindSignature), salt.length / 2);
    return { message: bytesToHex(blinded.message), signature: bytesToHex(signature) };
  },
  request: ({ key, seed, kind, poll }) => bytesToHex(blind.request(keyOf(key), hexToBytes(seed), kind, poll).message),
  ticket({ key, seed, kind, poll, blindSignature }) {
    const blinded = blind.request(keyOf(key), hexToBytes(seed), kind, poll);
    return bytesToHex(blind.ticket(keyOf(key), blinded, hexToBytes(blindSignature)));
  },
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
