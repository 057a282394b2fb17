// What the form does beside being a form: keeps what is typed on this device alone, is sent once, tells of a lost network.
(() => {
  const $ = (id) => document.getElementById(id);
  const form = $("form");
  const say = (id, words) => { $(id).textContent = words; };
  const once = (ms, act) => { let timer; return () => { clearTimeout(timer); timer = setTimeout(act, ms); }; };
  // A browser may refuse to keep anything: then nothing is kept, and all else goes on.
  const keep = (act) => { try { act(localStorage, sessionStorage); } catch {} };
  // What knows the form without a connection.
  const { serviceWorker } = navigator;
  if (serviceWorker) serviceWorker.register("/worker.js");
  // On the page after it: what was sent need not be kept.
  if (!form) return keep((kept, tab) => { kept.removeItem(tab.sent); });
  const f = form.elements;
  const path = location.pathname;
  const shown = (on, ...ids) => ids.forEach((id) => { $(id).hidden = !on; });

  // The draft. Each tab writes under the key of its own form: none writes over another's.
  const fields = [f.text, f.title, f.place, f.topic];
  let name = `${path} ${f.draft.value}`;
  let over = false;
  const save = () => {
    const typed = fields.map((field) => field.value);
    if (!over && typed.join("").trim()) keep((kept, tab) => {
      kept[tab[path] = name] = JSON.stringify([Date.now(), ...typed]);
      shown(true, "kept");
    });
  };
  const take = (key, typed) => {
    fields.forEach((field, n) => { field.value = field.value || typed[n + 1]; });
    name = key;
    // If it was sent after all, it stays one case.
    f.draft.value = key.split(" ")[1];
    shown(false, "offer");
    save();
  };
  let others = [];
  keep((kept, tab) => {
    for (const key of Object.keys(kept)) if (key.startsWith("/submit/")) {
      const typed = JSON.parse(kept[key]);
      if (Date.now() - typed[0] > 864e5) kept.removeItem(key);
      else if (key.startsWith(`${path} `) && key !== name) others.push([key, typed]);
    }
    others.sort((a, b) => b[1][0] - a[1][0]);
    if (!others[0] || fields.some((field) => field.value)) return save();
    // The same tab, loaded again, goes on; another one is asked first.
    const own = others.find(([key]) => key === tab[path]);
    if (own) return take(...own);
    say("offered", others[0][1].slice(1).join(" ").trim().slice(0, 60));
    shown(true, "offer", "kept");
  });
  $("resume").onclick = () => { take(...others[0]); f.text.focus(); };
  $("forget").onclick = () => {
    if ($("offer").hidden) others = [];
    keep((kept) => [[name], ...others].forEach(([key]) => kept.removeItem(key)));
    over = true;
    shown(false, "kept", "offer");
    say("say", "Черновата е изтрита.");
    f.text.focus();
  };
  const later = once(600, save);
  form.addEventListener("input", () => { later(); shown(false, "offer"); });
  addEventListener("pagehide", save);
  addEventListener("storage", ({ key, newValue }) => { if (key === name && newValue) name += "+"; });

  // What looks personal, and what the register holds already: asked for once the typing has stopped, and never in the way of it.
  let asked, last;
  const look = async () => {
    if (asked) asked.abort();
    if (!/\S\s+\S/.test(f.title.value + " " + f.text.value)) return;
    asked = new AbortController();
    const body = new FormData();
    body.append("title", f.title.value);
    body.append("text", f.text.value.slice(0, 1000));
    form.querySelectorAll("#similar :checked").forEach(({ value }) => body.append("similar", value));
    try {
      const answer = await fetch(form.dataset.similar, { method: "POST", body, signal: asked.signal });
      const html = await answer.text();
      if (!answer.ok || html === last || !html.includes('id="similar"')) return;
      $("similar").outerHTML = last = html;
      say("similar-say", [...form.querySelectorAll("#similar legend")].map((told) => told.textContent).join(" "));
    // Lost or superseded: it was an offer.
    } catch {}
  };
  f.text.oninput = f.title.oninput = once(700, look);

  // Where the person stands, in figures that the staff find on any map.
  shown(navigator.geolocation, "here");
  $("here").onclick = () => {
    say("here-say", "Търси се…");
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const found = `(${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)} ±${Math.ceil(coords.accuracy)} м)`;
      f.place.value = `${f.place.value.replace(/ ?\([^(]*±.*/, "")} ${found}`.trim();
      say("here-say", "Добавено. Служител ще прегледа мястото, преди да се види.");
      save();
    }, () => say("here-say", "Не се намери. Напишете го."), { enableHighAccuracy: true, timeout: 2e4 });
  };

  // Pictures: each is made small and upright here, and sent by itself, one after the other, while the text is written.
  const shots = $("shots");
  const unsent = () => shots.querySelectorAll(":disabled").length;
  const small = async (file, canvas) => {
    try {
      const image = await createImageBitmap(file, { imageOrientation: "from-image" });
      const { width, height } = image;
      // What is long stays readable.
      const scale = Math.min(1, Math.max(1600 / Math.max(width, height), 600 / Math.min(width, height)));
      canvas.width = width * scale;
      canvas.height = height * scale;
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(image, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.75));
      return made.size < file.size ? made : file;
    // The server says what is wrong with it.
    } catch { return file; }
  };
  let queue = Promise.resolve();
  // What is accepted belongs to this tab: Back may load the form anew.
  const note = () => keep((kept, tab) => {
    tab.shots = JSON.stringify([path, ...[...shots.children].map(({ children: [, words, , , , token] }) =>
      [words.textContent, token.value]).filter(([, token]) => token)]);
  });
  const append = (name) => {
    shots.append($("shot").content.cloneNode(true));
    const item = shots.lastElementChild;
    const [, words, , , remove] = item.children;
    words.textContent = name;
    remove.setAttribute("aria-label", `Премахване на ${name}`);
    remove.onclick = () => { item.remove(); note(); f.attachments.focus(); };
    return item.children;
  };
  const add = (file) => {
    const [canvas, words, bar, again, , token] = append(file.name);
    const made = small(file, canvas);
    const tell = (what) => { say("shots-say", words.textContent = `${file.name}: ${what}`); };
    let tries = 0;
    const upload = async () => {
      const body = new FormData();
      body.append("attachments", await made, file.name);
      return new Promise((done) => {
        const request = new XMLHttpRequest();
        request.open("POST", f.attachments.dataset.to);
        request.upload.onprogress = ({ loaded, total }) => { bar.value = loaded / total; };
        request.onloadend = () => done(request);
        request.send(body);
      });
    };
    const begin = () => {
      bar.hidden = !(again.hidden = true);
      queue = queue.then(upload).then(({ status, responseText }) => {
        if (status === 200 && /^[\w.-]+$/.test(responseText)) {
          token.value = responseText;
          token.disabled = false;
          tell("приета");
          note();
        } else if ([413, 422, 429].includes(status)) {
          tell(responseText[0] === "<" ? "не може да се приеме" : responseText);
        } else {
          // No answer, or one of something between us.
          if (++tries % 3) return setTimeout(begin, 3000 * tries);
          again.hidden = false;
          tell("не стигна");
        }
        bar.hidden = true;
      });
    };
    again.onclick = begin;
    begin();
  };
  keep((kept, tab) => {
    const [of, ...before] = JSON.parse(tab.shots || "[]");
    const [{ type }] = performance.getEntriesByType("navigation");
    if (of === path && type !== "navigate") before.forEach(([name, value]) => {
      const [canvas, , bar, , , token] = append(name);
      canvas.hidden = bar.hidden = true;
      token.value = value;
      token.disabled = false;
      say("shots-say", "Снимките от преди са тук.");
    });
    note();
  });
  f.attachments.onchange = ({ target }) => {
    const room = 3 - form.querySelectorAll("#shots li, [name=kept]:checked").length;
    [...target.files].slice(0, room).forEach(add);
    if (target.files.length > room) say("shots-say", "Най-много 3 снимки.");
    target.value = "";
  };

  // Sending: asked for first, so that a lost network takes nothing off the screen; any other answer is a page to look at.
  const send = $("send");
  let pressed;
  const ready = () => send.removeAttribute("aria-disabled");
  const failed = () => {
    ready();
    say("say", "Няма връзка, написаното е запазено. Натиснете „Изпращане“ отново.");
  };
  form.addEventListener("click", ({ target }) => { pressed = target.closest("button"); });
  form.addEventListener("submit", (event) => {
    if (pressed && pressed.name) {
      if (!unsent()) return;
      event.preventDefault();
      return say("say", "Изчакайте снимките или ги премахнете.");
    }
    event.preventDefault();
    if (send.hasAttribute("aria-disabled")) return;
    save();
    keep((kept, tab) => { tab.sent = name; });
    f.left.value = unsent();
    send.setAttribute("aria-disabled", "true");
    setTimeout(ready, 8000);
    say("say", "Изпраща се…");
    fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" } })
      .then((answer) => {
        // A 200 is of something between us: the form answers 201 here, or with what is wrong.
        if (answer.status > 499 || answer.status === 200) return failed();
        over = true;
        if (answer.status === 201) location = answer.headers.get("Location");
        else form.submit();
      }, failed);
  });
  addEventListener("pageshow", () => { ready(); over = false; say("say", ""); });
})();
