// Fetching the manifest with the digest of exactly the bytes that came.
import { ready } from "./tools.js";

/** Fetch a poll's manifest; return it with the SHA-256 of its bytes. */
export async function fetchManifest(poll, cache = "default") {
  const address = `/p/${encodeURIComponent(poll)}/manifest.json`;
  const answer = await fetch(address, { credentials: "same-origin", cache });
  if (!answer.ok) throw new Error(`server ${answer.status}`);
  const raw = new Uint8Array(await answer.arrayBuffer());
  const { manifestHash } = await ready();
  return { manifest: JSON.parse(new TextDecoder().decode(raw)), hash: await manifestHash(raw) };
}
