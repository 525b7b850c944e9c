// The cryptography of the ballot page, chosen once: the browser's own in a secure context, else all in script.
import { byId } from "./dom.js";

/** What sealing needs: NAME, sha256, manifestHash, encrypt, decrypt, sealBallot, sealText, sign, replyPublic; set by `ready`. */
export let tools;

let loading;

/** Load the tools that this browser has; a browser whose own ones fail a trial gets the others. */
export function ready() {
  loading = loading ?? choose();
  return loading;
}

async function choose() {
  const { subtle, plain } = byId("ballot").dataset;
  if (globalThis.isSecureContext && globalThis.crypto?.subtle) {
    try {
      const own = await import(subtle);
      await own.probe();
      tools = own;
    } catch {
      // An odd browser: it has subtle, and not all of it.
    }
  }
  tools = tools ?? (await import(plain));
  byId("ballot").dataset.tools = tools.NAME;
  return tools;
}
