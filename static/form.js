// What the form does beside being a form: keeps what is typed on this device alone, is sent once, tells of a lost network.
(() => {
  const $ = (id) => document.getElementById(id);
  const form = $("form");
  // A browser may refuse to keep anything: then nothing is kept, and all else goes on.
  const keep = (act) => { try { return act(localStorage, sessionStorage); } catch (refused) { return null; } };
  if (!form) { // the page after it: what was sent need not be kept
    keep((kept, tab) => { kept.removeItem(tab.sent); tab.removeItem("sent"); });
    return;
  }
  const DAY = 864e5;
  const FIELDS = ["text", "title", "place", "topic"];
  const f = form.elements;
  const path = location.pathname;
  const say = (words) => { $("say").textContent = words; };

  // The draft. Each tab writes under the key of its own form: none writes over another's.
  let name = `${path} ${f.draft.value}`;
  let over = false;
  const save = () => {
    const typed = FIELDS.map((one) => f[one].value);
    if (over || !typed.join("").trim()) return;
    keep((kept, tab) => {
      kept[name] = JSON.stringify([Date.now(), typed]);
      tab[path] = name;
      $("kept").hidden = false;
    });
  };
  const take = (key) => keep((kept) => {
    const typed = JSON.parse(kept[key])[1];
    FIELDS.forEach((one, n) => { f[one].value = f[one].value || typed[n]; });
    name = key;
    f.draft.value = key.split(" ")[1]; // if it was sent after all, it stays one case
    $("kept").hidden = false;
    $("offer").hidden = true;
  });
  let offered = [];
  keep((kept, tab) => {
    const all = Object.keys(kept).filter((key) => key.startsWith("/submit/")).map((key) => [JSON.parse(kept[key]), key]);
    for (const [[at], key] of all) if (Date.now() - at > DAY) kept.removeItem(key);
    offered = all.filter(([, key]) => kept[key] && key.startsWith(`${path} `) && key !== name).sort(([[a]], [[b]]) => b - a);
    const blank = !FIELDS.some((one) => f[one].value);
    if (blank && kept[tab[path]]) take(tab[path]); // the same tab, loaded again
    else if (blank && offered[0]) {
      $("offered").textContent = offered[0][0][1].join(" ").trim().slice(0, 60);
      $("offer").hidden = $("kept").hidden = false;
    } else save();
  });
  $("resume").onclick = () => { take(offered[0][1]); f.text.focus(); };
  $("forget").onclick = () => {
    const also = $("offer").hidden ? [] : offered.map(([, key]) => key);
    keep((kept) => [name, ...also].forEach((key) => kept.removeItem(key)));
    over = $("kept").hidden = $("offer").hidden = true;
    say("Черновата е изтрита от това устройство.");
    f.text.focus();
  };
  let later;
  form.addEventListener("input", () => {
    clearTimeout(later);
    later = setTimeout(save, 600);
    $("offer").hidden = true;
  });
  addEventListener("pagehide", save);
  addEventListener("storage", ({ key, newValue }) => { if (key === name && newValue) name += "+"; });

  // Sending: asked for first, so that a lost network takes nothing off the screen; any other answer is a page to look at.
  const send = $("send");
  let pressed;
  const ready = () => send.removeAttribute("aria-disabled");
  const failed = (why) => {
    ready();
    say(`${why} Написаното е запазено на това устройство. Натиснете „Изпращане“ отново след малко.`);
  };
  form.addEventListener("click", ({ target }) => { pressed = target.closest("button"); });
  form.addEventListener("submit", (event) => {
    if (pressed && pressed !== send) return;
    event.preventDefault();
    if (send.hasAttribute("aria-disabled")) return;
    save();
    keep((kept, tab) => { tab.sent = name; });
    send.setAttribute("aria-disabled", "true");
    setTimeout(ready, 8000);
    say("Изпраща се…");
    fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" } })
      .then((answer) => {
        if (answer.status >= 500) return failed("Услугата временно не работи.");
        over = true;
        if (answer.status === 201) location.assign(answer.headers.get("Location"));
        else form.submit();
      }, () => failed("Няма връзка."));
  });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) { ready(); over = false; say(""); } });
})();
