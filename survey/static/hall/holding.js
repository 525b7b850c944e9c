// The ticket on this device: taken out of the issuer's link, kept until it has voted, never in a cookie.
import { remoteCode } from "./seedcode.js";

const PART = /^[0-9a-f]+$/;
const LENGTHS = [32, 64, 832, 832];

const slot = (poll) => `qiping.ticket.${poll}`;

/** Take the ticket out of the address bar; null when there is none or it is no ticket. */
export function takeTicket() {
  const parts = location.hash.slice(1).split("~");
  if (!location.hash) return null;
  history.replaceState(null, "", location.pathname + location.search);
  if (parts.length !== 4 || parts.some((part, at) => !PART.test(part) || part.length !== LENGTHS[at])) return null;
  const [seed, hash, ballot, text] = parts;
  return { seed, hash, tokens: { ballot, text }, version: 1, voted: false };
}

/** Keep a ticket; tell whether this browser keeps anything. */
export function keepTicket(poll, ticket) {
  try {
    localStorage.setItem(slot(poll), JSON.stringify(ticket));
    return true;
  } catch {
    return false;
  }
}

/** Return the ticket that this device keeps. */
export function keptTicket(poll) {
  try {
    return JSON.parse(localStorage.getItem(slot(poll)) ?? "null");
  } catch {
    return null;
  }
}

/** Return the ticket as the ballot page takes a card. */
export function asCard(poll, ticket, { revote }) {
  const voted = () => {
    const left = revote ? { ...ticket, version: card.version + 1 } : { version: 0 };
    keepTicket(poll, { ...left, voted: true });
  };
  const { hash, tokens, version, recovered } = ticket;
  const card = { code: remoteCode(ticket.seed), hash, tokens, version, recovered, voted };
  return card;
}
