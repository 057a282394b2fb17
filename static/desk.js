// What the desk does beyond htmx and portal.js; without it every page works as well.
(() => {
  // The menu closes as menus do: by Escape, and by a press or a focus elsewhere.
  const menu = document.querySelector("details.menu");
  const leave = ({ target }) => { if (menu?.open && !menu.contains(target)) menu.open = false; };
  document.addEventListener("click", leave);
  document.addEventListener("focusin", leave);
  menu?.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
