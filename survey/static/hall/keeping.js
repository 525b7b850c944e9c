// Holds the open poll's page for a cut line, where the browser allows it (https or the same machine).
const STORE = "qiping-page";
const PARTS = /^\/(static\/[^/]+|p\/[^/]+\/manifest\.json)$/;

/** The addresses this page is made of, without query words of anything else and without a fragment. */
function parts() {
  const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name, location.href));
  const own = loaded.filter(({ origin, pathname }) => origin === location.origin && PARTS.test(pathname));
  return new Set([location, ...own].map(({ origin, pathname, search }) => `${origin}${pathname}${search}`));
}

async function hold() {
  const wanted = parts();
  const store = await caches.open(STORE);
  for (const kept of await store.keys()) if (!wanted.has(kept.url)) await store.delete(kept);
  for (const address of wanted) {
    // What the browser has just loaded is not asked for again.
    const answer = await fetch(address, { cache: "force-cache" });
    if (answer.ok) await store.put(address, answer);
  }
}

/** Register the worker at `address` and give it this page; a browser that cannot is served as ever. */
export function keepPage(address) {
  if (!navigator.serviceWorker || !globalThis.caches) return;
  addEventListener("load", async () => {
    try {
      await navigator.serviceWorker.register(address, { scope: "/p/", updateViaCache: "all" });
      await hold();
    } catch {
      // Without it the page only needs its network at the next visit.
    }
  });
}
