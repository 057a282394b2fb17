// Pages come from the network, always; where there is none, the one page that says so, and whom to call.
const KEPT = "VERSION";
self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(KEPT).then((cache) => cache.add(new Request("/offline", { cache: "reload" }))));
});
self.addEventListener("activate", (event) => {
  const others = caches.keys().then((names) => names.filter((name) => name !== KEPT));
  const preload = self.registration.navigationPreload;
  event.waitUntil(Promise.all([
    others.then((names) => Promise.all(names.map((name) => caches.delete(name)))),
    preload && preload.enable(),  // the network does not wait for this script to wake
  ]));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode !== "navigate" || request.method !== "GET") return;
  const page = Promise.resolve(event.preloadResponse).then((preloaded) => preloaded || fetch(request));
  event.respondWith(page.catch(() => caches.match("/offline")));
});
