// Sending: the ballot, then the text, each as often as it takes; the same bytes are the same ballot.
import { t } from "./words.js";

const TIMEOUT = 20_000;
const PAUSES = [1, 2, 4, 8, 15, 30];

/** A refusal that trying again does not mend. */
export class Refusal extends Error {
  constructor(code, sentence, kind) {
    super(sentence);
    this.code = code;
    this.kind = kind;
  }
}

/** Put one sealed body into the box; return its receipt, or throw: Refusal for good, anything else for now. */
export async function put(poll, kind, sealed) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT);
  try {
    const answer = await fetch(`/p/${encodeURIComponent(poll)}/${kind}/${sealed.key}`, {
      method: "PUT",
      body: sealed.body,
      headers: { "Content-Type": "application/octet-stream" },
      credentials: "omit",
      cache: "no-store",
      signal: stop.signal,
    });
    return await read(answer, kind, sealed);
  } finally {
    clearTimeout(timer);
  }
}

async function read(answer, kind, sealed) {
  if (answer.status >= 500) throw new Error(`server ${answer.status}`);
  const said = await answer.json();
  if (!answer.ok) throw new Refusal(said.code, said.sentence, kind);
  if (said.receipt !== sealed.receipt) {
    throw new Refusal("page.receipt", t("服务器返回的回执与本机密封的选票不一致，请立即告诉监督人员。"), kind);
  }
  return said.receipt;
}

/** Wait `seconds`, or less when the network comes back or the voter asks for it. */
export function pause(seconds, hurry) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, seconds * 1000);
    function done() {
      clearTimeout(timer);
      removeEventListener("online", done);
      hurry?.removeEventListener("click", done);
      resolve();
    }
    addEventListener("online", done);
    hurry?.addEventListener("click", done);
  });
}

/** Put `kind` again and again until it is in the box; `report(seconds)` hears of every pause. */
export async function insist(poll, kind, sealed, report, hurry) {
  for (let round = 0; ; round += 1) {
    try {
      return await put(poll, kind, sealed);
    } catch (fault) {
      if (fault instanceof Refusal) throw fault;
      const seconds = PAUSES[Math.min(round, PAUSES.length - 1)];
      report(seconds);
      await pause(seconds, hurry);
    }
  }
}
