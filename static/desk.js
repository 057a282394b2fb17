// What the desk needs beside htmx: who has another window before their eyes does not look at this case.
(() => {
  document.addEventListener("htmx:before:request", (event) => {
    if (document.hidden && event.target.id === "presence") event.preventDefault();
  });
})();
