// What a remote voter's keys derive from in place of a card's code; twin of voter_key in survey/box/blind.py.

/** Return the "code" of a phrase's 128 bits, given in hex. */
export function remoteCode(hex) {
  return `remote|${hex}`;
}
