// What a page must bear besides axe: each look returns what is wrong with the page that stands in the window.
(() => {
  const every = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  const called = (one) => `${one.tagName}.${one.className}#${one.id} „${one.textContent.trim().slice(0, 30)}“`;
  const hidden = ".vh, .trap, .skip, dialog, .menu ul, .cells, #act";  // the last lies over the list by its nature
  const px = (length) => parseFloat(length) || 0;

  // Nothing beside the screen, cut off, or over something else.
  const outside = () => document.documentElement.scrollWidth <= innerWidth ? [] : every("body *")
    .filter((one) => one.getBoundingClientRect().right > innerWidth)
    .map((one) => `wider than the screen: ${called(one)}`);
  const cut = () => every("body *").filter((one) => {
    const { overflowX, overflowY } = getComputedStyle(one);
    const clips = /hidden|clip/.test(overflowX + overflowY) && !one.closest(hidden) && !/INPUT|SELECT/.test(one.tagName);
    return clips && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
  }).map((one) => `cut off: ${called(one)}`);
  const lines = () => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
      const parent = texts.currentNode.parentElement;
      if (!texts.currentNode.data.trim() || parent.closest(hidden) || !parent.checkVisibility()) continue;
      const range = document.createRange();
      range.selectNodeContents(texts.currentNode);
      for (const box of range.getClientRects()) if (box.width > 1) found.push({ box, parent });
    }
    return found.sort((a, b) => a.box.top - b.box.top);
  };
  const overlapping = () => {
    const all = lines();
    const found = [];
    all.forEach((one, n) => {
      for (let m = n + 1; m < all.length && all[m].box.top < one.box.bottom; m++) {
        const a = one.box, b = all[m].box;
        const high = Math.min(a.bottom, b.bottom) - b.top;
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        if (wide > 3 && high > 0.4 * Math.min(a.height, b.height))
          found.push(`one over the other: ${called(one.parent)} and ${called(all[m].parent)}`);
      }
    });
    return found;
  };
  const room = () => [...outside(), ...cut(), ...overlapping()];

  // 1.4.4: text twice as large. 1.4.12: the spacing that readers may set.
  const larger = () => {
    const { style } = document.documentElement;
    style.fontSize = "200%";
    const found = room();
    style.fontSize = "";
    return found.map((one) => `text of 200 %: ${one}`);
  };
  const spaced = new CSSStyleSheet();
  spaced.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }`);
  const wider = () => {
    document.adoptedStyleSheets = [spaced];
    const found = room();
    document.adoptedStyleSheets = [];
    return found.map((one) => `text spacing: ${one}`);
  };

  // 2.4.7, 2.4.11: wherever Tab stops it is seen, and nothing lies over it.
  const stops = () => every("a[href], button, input, select, textarea, summary, [tabindex]")
    .filter((one) => one.tabIndex >= 0 && !one.disabled);
  const covered = (one) => {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const points = [[left + 3, top + 3], [(left + right) / 2, (top + bottom) / 2], [right - 3, bottom - 3]];
    return !points.some(([x, y]) => {
      const over = document.elementFromPoint(x, y);
      return over && (one.contains(over) || over.contains(one));
    });
  };
  const focus = () => {
    const found = [];
    let reached = 0;
    for (const one of stops()) {
      // The menu hangs over the page, and shuts when focus leaves it: who tabs into it has opened it.
      const menu = one.matches("summary") ? null : one.closest(".menu");
      if (menu) menu.open = true;
      one.focus({ focusVisible: true });
      const { top, bottom } = one.getBoundingClientRect();
      if (!menu && bottom + scrollY + 44 < reached && !one.closest(hidden)) found.push(`back up the page: ${called(one)}`);
      if (!menu) reached = top + scrollY;
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      if (outlineStyle === "none" || px(outlineWidth) < 2) found.push(`focus is not seen: ${called(one)}`);
      if (covered(one)) found.push(`focus is covered: ${called(one)}`);
      if (one.tabIndex > 0) found.push(`an order of its own: ${called(one)}`);
    }
    document.activeElement.blur();
    scrollTo(0, 0);
    return found;
  };

  // A finger: 44 px, for all that stands in no sentence.
  const fingers = () => every(".btn, .in, .link, .opt, summary, nav a, .kinds a, .bar a")
    .filter((one) => one.getBoundingClientRect().height < 43.5)
    .map((one) => `${Math.round(one.getBoundingClientRect().height)} px for a finger: ${called(one)}`);

  const pointed = () => {
    const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
    const twice = ids.filter((id, n) => ids.indexOf(id) !== n).map((id) => `twice: #${id}`);
    const lost = ["for", "form", "list", "aria-describedby", "aria-labelledby", "aria-controls"].flatMap((name) =>
      [...document.querySelectorAll(`[${name}]`)].flatMap((one) => one.getAttribute(name).trim().split(/\s+/)
        .filter((id) => !ids.includes(id)).map((id) => `${name} of nothing: #${id}`)));
    const links = [...document.querySelectorAll("a[href^='#']")].map((one) => one.hash.slice(1));
    return [...twice, ...lost, ...links.filter((id) => !ids.includes(id)).map((id) => `a link to nothing: #${id}`)];
  };

  // Looked at with forced colours and reduced motion: edges stay, and what is current differs by more than colour.
  const edge = (one) => ["Top", "Bottom"].every((side) => px(getComputedStyle(one)[`border${side}Width`]) > 0);
  const shape = (one) => {
    const { fontWeight, borderBottomWidth, textDecorationLine, outlineStyle } = getComputedStyle(one);
    return [fontWeight, borderBottomWidth, textDecorationLine, outlineStyle].join();
  };
  const forced = () => [
    ...every(".tag, .btn, .in, .panel, .card").filter((one) => !edge(one)).map((one) => `no edge: ${called(one)}`),
    ...every("[aria-current]").filter((one) => {
      const others = [...one.closest("ul, nav").querySelectorAll("a:not([aria-current])")];
      return others.some((other) => shape(other) === shape(one));
    }).map((one) => `current by colour alone: ${called(one)}`),
  ];
  const moving = () => every("body *").filter((one) => {
    const { transitionDuration, animationDuration } = getComputedStyle(one);
    return [transitionDuration, animationDuration].some((each) => each.split(",").some((time) => px(time) > 0.01));
  }).map((one) => `moves: ${called(one)}`);

  window.looks = {
    narrow: () => [...room(), ...pointed(), ...fingers(), ...larger(), ...wider(), ...focus()],
    wide: () => [...room(), ...larger(), ...wider()],
    forced: () => [...forced(), ...moving(), ...focus()],
    help: () => every("footer a").map((one) => one.getAttribute("href")),
  };
})();
