// The card's link: which poll, which code, which manifest. The fragment never reaches the server.
import { parse } from "./codes.js";

const SLOT = "qiping.card";

/** Read the poll key out of /p/<poll>/…. */
export function pollKey(path = location.pathname) {
  return decodeURIComponent(path.split("/")[2] ?? "");
}

/** Read `#code~hash`; a fragment without a readable code gives null. */
export function readFragment(fragment) {
  const [code, hash = ""] = decodeURIComponent(fragment.replace(/^#/, "")).split("~");
  if (!code) return null;
  return { code: parse(code), hash: hash.toLowerCase() };
}

/**
 * Take the card out of the address bar, so that neither the way back nor a screenshot shows the code. The
 * browser's own record of visited addresses may keep it, hence the private window on a borrowed tablet.
 */
export function takeFragment() {
  const fragment = location.hash;
  if (!fragment || fragment === "#") return null;
  history.replaceState(null, "", location.pathname + location.search);
  return readFragment(fragment);
}

/** Keep the card for a reload of this tab only. */
export function keepCard(poll, card) {
  try {
    sessionStorage.setItem(SLOT, JSON.stringify({ poll, ...card }));
  } catch {
    // A browser that keeps nothing still votes; a reload then asks for the card again.
  }
}

/** Return the card this tab was opened with, if it is one of this poll. */
export function keptCard(poll) {
  try {
    const card = JSON.parse(sessionStorage.getItem(SLOT) ?? "null");
    return card?.poll === poll ? { code: card.code, hash: card.hash } : null;
  } catch {
    return null;
  }
}

/** Forget the card of this tab. */
export function dropCard() {
  try {
    sessionStorage.removeItem(SLOT);
  } catch {
    // Nothing was kept.
  }
}
