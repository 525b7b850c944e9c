"""Opening a 3-of-5 box against `openssl speed` of the same P-256 exchanges; processor time on both sides.

Goal: at least 0.3. Each ballot costs three exchanges, one for each opener.
"""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric import ec

from survey.box import opening, seal, store
from survey.box.writer import Writer
from tests.box.polls import Poll, a_poll, private_key, shares_of

BALLOTS, OPENERS, INSPECTORS = 300, 3, 5
GOAL = 0.3


def exchanges_a_second() -> float | None:
    """Return what OpenSSL does on one core, or None where it is not installed."""
    if not (program := shutil.which("openssl")):
        return None
    command = [program, "speed", "-seconds", "2", "ecdhp256"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(re.findall(r"nistp256\)\s+[\d.]+s\s+([\d.]+)", said)[-1])


def a_full_box(root: Path) -> Poll:
    """Return a closed box with a ballot of every card."""
    poll = a_poll(root, cards=BALLOTS, threshold=OPENERS, inspectors=INSPECTORS)
    with Writer(poll.folder) as writer:
        for code in poll.codes:
            sealed = seal.seal_ballot(poll.manifest, code, {"overall": "A", "U1": "B"})
            writer.put("ballot", sealed.key, sealed.body)
    store.close_gate(poll.folder)
    return poll


def spent(work) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> None:
    """Print the ratio and where the rest goes."""
    reference = exchanges_a_second()
    if reference is None:
        sys.stdout.write("opening: skipped, openssl is not installed\n")
        return
    with TemporaryDirectory() as name:
        poll = a_full_box(Path(name))
        package = opening.package(poll.folder)
        sets = []
        shares = spent(lambda: sets.extend(shares_of(package, n) for n in range(1, OPENERS + 1)))
        joined = spent(lambda: opening.combine(package, sets))
    key, peer = private_key(1), ec.generate_private_key(ec.SECP256R1()).public_key()
    exchanges = OPENERS * BALLOTS
    bare = spent(lambda: [key.exchange(ec.ECDH(), peer) for _ in range(exchanges)])
    ideal, own = exchanges / reference, shares + joined
    ratio = ideal / own
    sys.stdout.write(
        f"opening {OPENERS} of {INSPECTORS}: {BALLOTS / own:.0f} ballots/s of processor time, "
        f"ratio to openssl {ratio:.2f}\n"
        f"  exchanges in OpenSSL {ideal / own:.0%}, the same called from Python {bare / own:.0%}, "
        f"shares (HPKE: points, HKDF, AES-GCM, digests) {shares / own:.0%}, "
        f"joining (Shamir, AES-GCM, checks, table) {joined / own:.0%}\n"
        f"  {'met    ' if ratio >= GOAL else 'NOT MET'} ratio ≥ {GOAL}\n"
    )


if __name__ == "__main__":
    main()
