// What htmx does not do by itself: tell what was found, and that the connection was lost.
(() => {
  const notice = (text) => {
    const place = document.getElementById("notice");
    const line = document.createElement("p");
    line.className = "sum";
    line.textContent = text;
    place.replaceChildren(...(text ? [line] : []));
  };
  let later;
  document.addEventListener("htmx:after:swap", () => {
    const found = document.querySelector("main .found");
    const say = document.getElementById("say");
    clearTimeout(later);
    // One polite sentence, once the typing has stopped: never a word per keystroke.
    if (found && say) later = setTimeout(() => { say.textContent = found.textContent.trim(); }, 700);
  });
  document.addEventListener("htmx:after:request", () => notice(""));
  document.addEventListener("htmx:error", () => {
    if (!navigator.onLine) notice("Няма връзка. Опитайте отново.");
  });
})();
