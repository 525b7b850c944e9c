// The ballot page without network: a service worker that holds one poll's public page, script and manifest.
// What it holds is the same for every voter. It sees no ballot (PUT goes past it) and no card: keys are
// addresses without their fragment.
const PAGE = /^\/p\/[^/]+\/$/;
const PARTS = /^\/(static\/[^/]+|p\/[^/]+\/manifest\.json)$/;
const PATIENCE = 5000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const key = `${url.origin}${url.pathname}${url.search}`;
  if (request.mode === "navigate" && PAGE.test(url.pathname)) event.respondWith(newest(request, key));
  else if (PARTS.test(url.pathname) && request.cache !== "reload") event.respondWith(held(request, key));
});

/** The server says whether the box is open; only a line that is cut or mute lets the held page speak. */
async function newest(request, key) {
  const asked = fetch(request);
  const kept = await caches.match(key, { ignoreVary: true });
  if (!kept) return asked;
  const mute = new Promise((resolve) => { setTimeout(resolve, PATIENCE, kept); });
  return Promise.race([asked.catch(() => kept), mute]);
}

async function held(request, key) {
  return (await caches.match(key, { ignoreVary: true })) ?? fetch(request);
}
