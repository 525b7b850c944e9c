// Shamir's sharing of a key over GF(256), one polynomial for each byte; twin of survey/box/shamir.py.
// Multiplication has no table and no branch, so its time and memory access do not depend on the secret.

/** Multiply in GF(2^8) modulo x^8+x^4+x^3+x+1. */
export function multiply(left, right) {
  let product = 0;
  for (let bit = 0; bit < 8; bit += 1) {
    product ^= -((right >> bit) & 1) & left;
    left = ((left << 1) ^ (-(left >> 7) & 0x11b)) & 0xff;
  }
  return product;
}

function inverse(value) {
  let power = 1;
  for (let bit = 7; bit >= 0; bit -= 1) {
    power = multiply(power, power);
    if ((254 >> bit) & 1) power = multiply(power, value);
  }
  return power;
}

/** Return a Map from position to share; any `threshold` of them give the secret, fewer tell nothing. */
export function split(secret, threshold, positions, random) {
  const polynomial = Array.from({ length: threshold - 1 }, () => random(secret.length));
  const share = (position) =>
    secret.map((byte, at) => {
      const value = polynomial.reduce((sum, coefficient) => multiply(sum, position) ^ coefficient[at], 0);
      return multiply(value, position) ^ byte;
    });
  return new Map(positions.map((position) => [position, share(position)]));
}

/** Return the secret of a Map of shares (Lagrange at 0); a wrong share gives a wrong secret silently. */
export function combine(shares) {
  const positions = [...shares.keys()];
  const secret = new Uint8Array(shares.get(positions[0]).length);
  for (const position of positions) {
    const weight = positions
      .filter((other) => other !== position)
      .reduce((product, other) => multiply(product, multiply(other, inverse(other ^ position))), 1);
    shares.get(position).forEach((byte, at) => {
      secret[at] ^= multiply(byte, weight);
    });
  }
  return secret;
}
