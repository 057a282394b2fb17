// Pages come from the network, always. Where there is none: the form, to be written and sent later; else whom to call.
const KEPT = "VERSION";
const OFFLINE = ["/offline", "/offline?lang=en"];
const TOLD = {
  bg: "Няма връзка. Написаното се пази на това устройство. Когато има, натиснете „Изпращане“.",
  en: "No connection. What you write is kept on this device. When there is one, press “Send”.",
};
const isForm = (url) => /\/submit\/(signal|proposal|question)$/.test(new URL(url).pathname);
// The form as it came, with its script: that one is named by its content, and so never stale.
const keep = async (url, answer) => {
  if (!answer.ok) return;
  const script = /\/static\/form[^"]+/.exec(await answer.clone().text());
  // Of a network that asks to be paid or signed into first.
  if (!script) return;
  const cache = await caches.open(KEPT);
  await Promise.all([cache.put(url, answer), cache.add(script[0])]);
};
// Each time it is shown it is another draft: two cases never share a key.
const kept = async ({ url }) => {
  const form = isForm(url) && await caches.match(url, { ignoreVary: true });
  if (!form) return caches.match(OFFLINE[+url.includes("lang=en")]);
  const draft = crypto.getRandomValues(new Uint32Array(5)).join("-");
  const html = (await form.text()).replace(/(name="draft" value=")[^"]*/, `$1${draft}`);
  const told = (page, language) => `${page}<p class="note">${TOLD[language]}</p>`;
  return new Response(html.replace(/<html lang="(..)"[^]*<\/h1>/, told), form);
};
self.addEventListener("install", (event) => {
  self.skipWaiting();
  const open = self.clients.matchAll({ includeUncontrolled: true }).then((pages) => Promise.all(
    pages.filter(({ url }) => isForm(url)).map(({ url }) =>
      fetch(url, { cache: "force-cache" }).then((answer) => keep(url, answer)).catch(() => {}))));
  const fresh = OFFLINE.map((page) => new Request(page, { cache: "reload" }));
  const offline = caches.open(KEPT).then((cache) => cache.addAll(fresh));
  event.waitUntil(Promise.all([open, offline]));
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
  if (request.url.includes("/static/form"))
    return event.respondWith(caches.match(request, { ignoreVary: true }).then((script) => script || fetch(request)));
  if (request.mode !== "navigate" || request.method !== "GET") return;
  const page = Promise.resolve(event.preloadResponse).then((preloaded) => preloaded || fetch(request));
  if (isForm(request.url)) event.waitUntil(page.then((answer) => keep(request.url, answer.clone())).catch(() => {}));
  event.respondWith(page.catch(() => kept(request)));
});
