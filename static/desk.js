// What the desk does beyond htmx and portal.js; without it every page works as well.
(() => {
  const one = (selector) => document.querySelector(selector);

  // The menu closes as menus do: by Escape, and by a press or a focus elsewhere.
  const menu = one("details.menu");
  const leave = ({ target }) => { if (menu?.open && !menu.contains(target)) menu.open = false; };
  document.addEventListener("click", leave);
  document.addEventListener("focusin", leave);
  menu?.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // Who has another window before their eyes does not look at this case.
  document.addEventListener("htmx:before:request", (event) => {
    if (document.hidden && event.target.id === "presence") event.preventDefault();
  });

  // The ticks of the worklist: all at once, and how many they are.
  const boxes = () => [...document.querySelectorAll(".tick input")];
  const count = () => {
    const place = one("#ticked");
    const number = boxes().filter((box) => box.checked).length;
    if (place) place.textContent = number ? ` ${number}` : "";
  };
  const tick = (box, checked) => { box.checked = checked; };
  document.addEventListener("change", ({ target }) => { if (target.matches(".tick input")) count(); });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#all")) return;
    event.preventDefault();
    const all = boxes().every((box) => box.checked);
    for (const box of boxes()) tick(box, !all);
    count();
  });
  for (const box of boxes()) tick(box, box.checked); // said once by hand, a renewal does not take it back
  count();

  // The worklist renews itself while somebody may be looking, and keeps the place: focus, scroll, ticks, what is typed.
  const EVERY = 25_000;
  const rows = () => [...document.querySelectorAll("#cases .work > li")];
  let before = null; // what was there when a renewal was asked for
  const renew = () => {
    if (document.visibilityState === "visible") one("#list")?.dispatchEvent(new Event("renew"));
  };
  if (one("#list")) setInterval(renew, EVERY);
  document.addEventListener("visibilitychange", renew);
  document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
    if (ctx.target?.id !== "list") return;
    const here = document.activeElement;
    const row = here.closest("#cases .work > li");
    before = {
      ids: rows().map(({ id }) => id),
      by: ctx.sourceElement?.id === "list",
      row: row?.id,
      box: Boolean(row) && here.matches(".tick input"),
      within: Boolean(here.closest("#list")),
    };
  });
  // What is folded out by hand stays so.
  htmx.registerExtension("folds", {
    htmx_before_morph_attr: (element, { attrName }) => attrName !== "open" || element.localName !== "details",
  });
  document.addEventListener("htmx:after:swap", () => {
    if (!before) return;
    const { ids, by, row, box, within } = before;
    before = null;
    count();
    const now = rows().map(({ id }) => id);
    // Who was at a row that has left is at the one that took its place, never at the top of the page.
    if (within && (document.activeElement === document.body || !document.activeElement)) {
      const next = [row, ...ids.slice(ids.indexOf(row) + 1), ...ids.slice(0, ids.indexOf(row)).reverse()];
      const found = next.map((id) => id && document.getElementById(id)).find(Boolean);
      (found?.querySelector(box ? ".tick input" : "h2 a") ?? one("#queue")).focus({ preventScroll: !found });
    }
    if (!by) return;
    const came = now.filter((id) => !ids.includes(id)).length;
    const left = ids.filter((id) => !now.includes(id)).length;
    if (!came && !left) return;
    const at = new Date().toLocaleTimeString("bg", { hour: "2-digit", minute: "2-digit" });
    const said = [came && `нови: ${came}`, left && `излезли: ${left}`].filter(Boolean).join(", ");
    one("#news").textContent = `Списъкът е обновен в ${at} ч. – ${said}.`;
  });

  // Keys: letters alone, never while something is being typed or a modifier is held; switched off on each device.
  const keys = one("#keys");
  if (!keys) return;
  const OFF = "keys-off";
  const on = one("#keys-on");
  const stored = (work) => { try { return work(); } catch { return null; } }; // storage may be forbidden
  on.checked = stored(() => localStorage.getItem(OFF)) === null;
  on.addEventListener("change", () => stored(() => (on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"))));
  const open = one("#keys-open");
  open.hidden = false;
  open.addEventListener("click", () => keys.showModal());

  const links = () => [...document.querySelectorAll("#cases .work h2 a")];
  const row = () => document.activeElement.closest("#cases .work > li");
  const link = () => row()?.querySelector("h2 a");
  // Who comes back from a case is at its row.
  if (location.hash.startsWith("#case-")) one(`#cases ${location.hash} h2 a`)?.focus();
  const move = (by) => {
    const all = links();
    const at = all.indexOf(link());
    // From nowhere both lead to the first; from an end, nowhere.
    const next = all[at < 0 ? 0 : at + by];
    next?.focus();
    next?.closest("li").scrollIntoView({ block: "nearest" });
  };
  const reply = () => {
    if (one("#reply-open")) one("#reply-open").click();
    else if (link() && one("#cases[data-replies]")) {
      const address = new URL(link().href);
      address.pathname += "/reply";
      location.assign(address);
    }
  };
  const DEEDS = {
    j: () => move(1),
    k: () => move(-1),
    r: reply,
    x: () => row()?.querySelector(".tick input")?.click(),
    "/": () => one("#q")?.focus(),
    "?": () => keys.showModal(),
  };
  // By the sign, and on a Cyrillic layout by the place where it stands on a Latin one.
  const sign = ({ key, code, shiftKey }) => {
    if (Object.hasOwn(DEEDS, key.toLowerCase())) return key.toLowerCase();
    if (code === "Slash" && !/[a-z]/i.test(key)) return shiftKey ? "?" : "/";
    return /^[а-яѝ]$/i.test(key) && code.startsWith("Key") ? code.slice(3).toLowerCase() : "";
  };
  const WRITING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (!on.checked || event.defaultPrevented || event.isComposing || keys.open) return;
    if (event.ctrlKey || event.altKey || event.metaKey || (event.shiftKey && /^[a-zа-я]$/i.test(key))) return;
    if (target.closest?.(WRITING)) return;
    const deed = DEEDS[sign(event)];
    if (!deed) return;
    event.preventDefault();
    deed();
  });
})();
