// The map: markers, labels, legend, search and the list of neighbors, all made from the data of the page.
const kind = ".lessonlib-word-map";
const start = (live, data) => {
  const { words, groups, shapes, k } = data, [width, height] = data.size;
  const at = words.map(() => []), kinds = unpack(data.kinds), near = unpack(data.near);
  const cosines = unpack(data.cosines).map((hundredths) => (hundredths - 100) / 100);
  unpack(data.at).slice(0, 2 * words.length).forEach((value, i) => at[i >> 1].push(value));
  const kindNames = kinds.includes(groups.length) && groups.length ? [...groups, "other"] : groups;
  const off = new Set();
  const hidden = (i) => off.has(kinds[i]), visible = (i) => !off.has(kinds[i]);
  const look = (c) => c < groups.length ? ["c" + c % 8, shapes[c % (shapes.length - 1)]] : ["o", shapes.at(-1)];
  const shown = (i) => data.names[i] ?? words[i];

  // The frame of the page.
  const search = make("div", live, "", { class: "finder" });
  const field = make("input", make("label", search, "Find a word"), "", { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
  const message = make("span", search, "", { class: "message", role: "status", "aria-live": "polite" });
  const list = suggestions(search);
  field.setAttribute("list", list.id);
  const legend = make("ul", live, "", { class: "legend" });
  const page = make("div", live, "", { class: "sheet" });
  const svg = draw("svg", page, { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": data.label });
  const panel = make("div", page, "", { class: "neighbors", role: "status", "aria-live": "polite" });
  draw("text", svg, { class: "axis", x: 14, y: height - 6 }).textContent = data.axes[0] + " →";
  draw("text", svg, { class: "axis", transform: `translate(14 ${height - 26}) rotate(-90)` }).textContent = data.axes[1] + " →";
  const lines = draw("g", svg, { class: "lines" });
  svg.classList.toggle("dense", words.length > 400);

  // One group for each word: marker and label. A label without room is quiet until its word is touched.
  const marks = words.map((word, i) => {
    const [color, shape] = look(kinds[i]);
    const g = draw("g", svg, { class: "word " + color, role: "button", tabindex: -1, transform: `translate(${at[i]})` });
    g.dataset.word = word;
    draw("path", g, { class: "marker", d: shape });
    draw("text", g, {}).textContent = shown(i);
    return g;
  });
  const arrange = (small) => {
    const places = unpack(small ? data.narrow : data.wide);
    svg.classList.toggle("narrow", small);
    marks.forEach((g, i) => {
      const [code = 0, x, y] = places.slice(3 * i, 3 * i + 3), text = g.querySelector("text"), quiet = !(code % 4);
      const dx = quiet ? 8 : x - 1024, dy = quiet ? 4 : y - 1024;
      g.classList.toggle("quiet", quiet);
      text.setAttribute("x", dx);
      text.setAttribute("y", dy);
      text.setAttribute("text-anchor", quiet && at[i][0] > width * .7 ? "end" : ["start", "start", "middle", "end"][code % 4]);
      if (quiet && at[i][0] > width * .7) text.setAttribute("x", -8);
      g.querySelector(".leader")?.remove();
      if (code > 3) g.prepend(draw("path", g, { class: "leader", d: `M0 0L${dx} ${dy - 4}` }));
    });
  };
  let small = false;
  arrange(small);
  new ResizeObserver(() => {
    const now = svg.clientWidth > 0 && svg.clientWidth < 460;
    if (now !== small) { arrange(small = now); choose(chosen, true); }
  }).observe(svg);

  const icon = (c, parent) => {
    const [color, shape] = look(c);
    draw("path", draw("svg", parent, { viewBox: "-8 -8 16 16", "aria-hidden": "true" }), { class: "marker " + color, d: shape });
  };
  let chosen = -1, pinned = -1, lit = [];

  // Moves lit labels up or down until none covers another or leaves the picture; they go home when their word goes out.
  const untangle = (some) => {
    const taken = [], line = small ? 25 : 15;
    for (const i of some) {
      const text = marks[i].querySelector("text"), { x, y, width: wide, height: high } = text.getBBox();
      const left = at[i][0] + x, top = at[i][1] + y;
      const dx = Math.max(4 - left, 0) || Math.min(width - 4 - left - wide, 0);
      const free = (dy) => top + dy > 0 && top + dy + high < height
        && taken.every(([l, t, w]) => l > left + dx + wide + 4 || left + dx > l + w + 4 || Math.abs(t - top - dy) >= line - 1);
      const dy = [0, -1, 1, -2, 2, -3, 3, -4, 4, -5, 5].map((step) => step * line).find(free) ?? 0;
      if (dx || dy) text.setAttribute("transform", `translate(${dx} ${dy})`);
      taken.push([left + dx, top + dy, wide]);
    }
  };

  const choose = (i, again) => {
    if (i === chosen && panel.firstChild && !again) return;
    chosen = i;
    svg.classList.toggle("busy", i >= 0);
    for (const j of lit) {
      marks[j].classList.remove("lit", "chosen", "pinned");
      marks[j].querySelector("text").removeAttribute("transform");
    }
    lit = [];
    lines.replaceChildren();
    panel.replaceChildren();
    if (i < 0) {
      make("p", panel, "Point at a word, click it, find it by name, or press Tab and walk with the arrow keys: its nearest neighbors light up.");
      return;
    }
    marks[i].classList.add("chosen");
    const head = make("p", panel);
    icon(kinds[i], head);
    make("b", make("bdi", head), words[i]);
    if (data.names[i]?.startsWith("U+")) head.append(" " + data.names[i]);
    const name = make("p", panel);
    if (kindNames[kinds[i]]) say(name)`${kindNames[kinds[i]]}; nearest by cosine in all ${String(data.dimensions)} dimensions:`;
    else say(name)`nearest by cosine in all ${String(data.dimensions)} dimensions:`;
    const rows = make("ol", panel);
    lit = [i];
    for (let n = i * k; n < i * k + k; n++) {
      const j = near[n], row = make("li", rows);
      icon(kinds[j], make("span", row));
      const cell = make("span", row);
      make("bdi", cell, words[j] || "(empty)");
      make("span", row, cosines[n].toFixed(2));
      if (hidden(j)) {
        row.className = "off";
        cell.append(" (hidden)");
        continue;
      }
      lit.push(j);
      marks[j].classList.add("lit");
      draw("path", lines, { d: `M${at[i]}L${at[j]}` });
    }
    marks[pinned]?.classList.add("pinned");
    untangle(lit);
  };
  const pin = (i) => {
    pinned = i;
    choose(i, true);
  };

  // Mouse: the word under the pointer, or the nearest one in reach.
  const wordAt = (event) => {
    const hit = marks.indexOf(event.target.closest("g.word"));
    if (hit >= 0) return hit;
    const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    let best = -1, least = small ? 24 : 14;
    at.forEach(([x, y], j) => {
      const far = Math.hypot(x - p.x, y - p.y);
      if (far < least && visible(j)) [best, least] = [j, far];
    });
    return best;
  };
  svg.addEventListener("pointermove", (event) => pinned < 0 && event.pointerType !== "touch" && choose(wordAt(event)));
  svg.addEventListener("pointerleave", () => pinned < 0 && choose(marks.indexOf(svg.querySelector(":focus-visible"))));
  svg.addEventListener("click", (event) => { const i = wordAt(event); pin(i === pinned ? -1 : i); });

  // Keyboard: Tab enters at one word, arrow keys walk to the nearest visible word in a direction. The frame listens for
  // focus, because an <svg> that listens itself becomes one more stop of the Tab key.
  const enterAt = (i) => marks.forEach((g, j) => g.setAttribute("tabindex", j === i ? 0 : -1));
  const step = (i, dx, dy) => {
    let best = i, least = Infinity;
    at.forEach(([x, y], j) => {
      // Words at the very same place are visited in order.
      const along = (x - at[i][0]) * dx + (y - at[i][1]) * dy + (j - i) * (dx + dy) * 1e-4;
      const aside = Math.abs((x - at[i][0]) * dy) + Math.abs((y - at[i][1]) * dx);
      if (visible(j) && j !== i && along > 0 && aside <= 2 * along && along + 2 * aside < least) [best, least] = [j, along + 2 * aside];
    });
    return best;
  };
  const moves = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  page.addEventListener("focusin", (event) => {
    const i = marks.indexOf(event.target);
    if (i < 0) return;
    enterAt(i);
    if (pinned < 0 || event.target.matches(":focus-visible")) { pinned = -1; choose(i); }
  });
  page.addEventListener("focusout", (event) => pinned < 0 && !svg.contains(event.relatedTarget) && choose(-1));
  svg.addEventListener("keydown", (event) => {
    const i = marks.indexOf(event.target);
    if (moves[event.key] && i >= 0) marks[step(i, ...moves[event.key])].focus();
    else if (event.key === "Escape") pin(-1);
    else if ((event.key === "Enter" || event.key === " ") && i >= 0) pin(i === pinned ? -1 : i);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  // Search: Enter or a suggestion selects; a word that is not there is named, with the nearest spelling.
  const seek = () => {
    const typed = field.value;
    message.replaceChildren();
    if (!typed.trim()) return pin(-1);
    const i = find(words, typed, visible);
    if (i >= 0) return pin(i);
    pin(-1);
    const there = find(words, typed);
    if (there >= 0) return say(message)`${words[there]} is hidden: ${kindNames[kinds[there]]} is switched off in the legend.`;
    const close = nearestSpelling(words, typed, visible);
    if (close) say(message)`${typed.trim()} is not on this map. Nearest spelling: ${close}`;
    else say(message)`${typed.trim()} is not on this map.`;
  };
  field.addEventListener("input", (event) => { if (picked(event) && find(words, field.value, visible) >= 0) seek(); });
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") { event.preventDefault(); seek(); }
    if (event.key === "Escape") { field.value = ""; seek(); }
  });

  // Legend: a button for each category switches it off and on, in the picture, the search and the keyboard's path.
  const refresh = () => {
    marks.forEach((g, i) => g.classList.toggle("gone", hidden(i)));
    list.offer(words.filter((_, i) => visible(i)));
    const entry = marks.findIndex((g) => g.getAttribute("tabindex") === "0");
    if (entry < 0 || hidden(entry)) enterAt(marks.findIndex((_, i) => visible(i)));
    if (chosen >= 0 && hidden(chosen)) pin(-1);
    else choose(chosen, true);
    message.replaceChildren();
  };
  kindNames.forEach((name, c) => {
    const button = make("button", make("li", legend), "", { type: "button", "aria-pressed": "true" });
    icon(c, button);
    make("bdi", button, name);
    button.addEventListener("click", () => {
      if (!off.delete(c)) off.add(c);
      button.setAttribute("aria-pressed", String(!off.has(c)));
      refresh();
    });
  });
  refresh();
};
