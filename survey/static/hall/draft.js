// The draft on the device: sealed under a key made of the card code, erased once the ballot is in the box.
import { bytesToHex, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { kiosk } from "./kiosk.js";
import { tools } from "./tools.js";

const SHARED = "qiping.shared";
const NONCE = 12;

/** Keeps one draft under a name that tells nothing, in a form that only the card code opens. */
export class Draft {
  #shared;
  #turn = 0;

  /** Return the draft of a card; the tools must be ready. */
  static async open(poll, code) {
    const [name, key] = [`draft-name|${poll}|${code}`, `draft-key|${poll}|${code}`].map((each) =>
      tools.sha256(utf8ToBytes(each)),
    );
    return new Draft(bytesToHex(await name).slice(0, 32), await key);
  }

  constructor(name, key) {
    this.name = `qiping.draft.${name}`;
    this.key = key;
    this.#shared = kiosk || session("getItem", SHARED) === "yes";
  }

  /** Tell whether this is a shared phone, on which nothing is kept. */
  get shared() {
    return this.#shared;
  }

  /** Switch to a shared phone (the draft goes at once) or back. */
  share(yes) {
    this.#shared = yes;
    session("setItem", SHARED, yes ? "yes" : "no");
    if (yes) this.erase();
  }

  /** Keep `content`; tell whether it was kept. */
  async save(content) {
    if (this.#shared) return false;
    this.#turn += 1;
    const turn = this.#turn;
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
    const sealed = await tools.encrypt(this.key, nonce, utf8ToBytes(JSON.stringify(content)));
    // A later draft, or the end of all drafts, came while this one was being sealed.
    if (turn !== this.#turn) return !this.#shared;
    try {
      localStorage.setItem(this.name, bytesToHex(nonce) + bytesToHex(sealed));
      return true;
    } catch {
      return false;
    }
  }

  /** Return the kept draft; null when there is none or it cannot be opened. */
  async load() {
    try {
      const bytes = hexToBytes(localStorage.getItem(this.name) ?? "");
      const plain = await tools.decrypt(this.key, bytes.subarray(0, NONCE), bytes.subarray(NONCE));
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      return null;
    }
  }

  /** Remove the draft from the device. */
  erase() {
    this.#turn += 1;
    try {
      localStorage.removeItem(this.name);
    } catch {
      // A browser without storage kept none.
    }
  }
}

function session(act, ...args) {
  try {
    return sessionStorage[act](...args);
  } catch {
    return null;
  }
}
