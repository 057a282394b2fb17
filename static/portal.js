// What htmx does not do by itself: tell what was found and that the connection was lost, and keep addresses short.
(() => {
  const notice = (text) => {
    const place = document.getElementById("notice");
    place.className = text && "sum";
    place.textContent = text;
  };
  const lost = () => notice("Няма връзка. Опитайте отново.");
  let later;
  document.addEventListener("htmx:after:swap", () => {
    const found = document.querySelector("main .found");
    const say = document.getElementById("say");
    clearTimeout(later);
    // One polite sentence, once the typing has stopped: never a word per keystroke.
    if (found && say) later = setTimeout(() => {
      const text = found.textContent.trim();
      if (say.textContent !== text) say.textContent = text;
    }, 700);
  });
  // What is not asked for stays out of the address: a search can be sent to a friend.
  document.addEventListener("htmx:config:request", ({ detail: { ctx: { request } } }) => {
    if (request.method !== "GET") return;
    for (const [name, value] of [...request.body]) if (!value) request.body.delete(name);
  });
  // Without an answer, or with one that is not ours but of something between us, what was found before stays.
  document.addEventListener("htmx:after:request", (event) => {
    const { target, detail: { ctx } } = event;
    const isOurs = ctx.response.status === 204 || Object.keys(ctx.hx)[0] || ctx.text.includes(`id="${ctx.target.id}"`);
    if (!isOurs) event.preventDefault();
    if (!isOurs) lost();
    else if (target.id !== "presence") notice("");
  });
  document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
    if (ctx && !ctx.response) lost();
  });
  document.addEventListener("htmx:before:response", (event) => {
    const { status, headers } = event.detail.ctx.response;
    if (status < 500 || headers.has("HX-Retarget")) return;
    event.preventDefault();
    lost();
  });
  // What knows the page to show without a connection.
  if (navigator.serviceWorker) navigator.serviceWorker.register("/worker.js");
})();
