// Wakes every map on the page that is still asleep; running a cell twice, or many maps on one page, does no harm.
for (const box of document.querySelectorAll(".lessonlib-map")) {
  if (box.awake) continue;
  box.awake = true;
  const svg = box.querySelector(".page > svg"), panel = box.querySelector(".neighbors"), lines = box.querySelector(".lines");
  const words = [...box.querySelectorAll("g.word")], names = [...box.querySelectorAll(".legend li")].map((li) => li.textContent);
  const at = words.map((g) => { const { e, f } = g.transform.baseVal[0].matrix; return [e, f]; });
  const make = (tag, parent, text) => {
    const node = parent.appendChild(document.createElement(tag));
    if (text) node.textContent = text;
    return node;
  };
  const shapeOf = (g, parent) => {
    const icon = parent.appendChild(document.createElementNS(svg.namespaceURI, "svg"));
    icon.setAttribute("viewBox", "-8 -8 16 16");
    const path = icon.appendChild(g.querySelector("path:not(.l)").cloneNode());
    path.setAttribute("class", g.classList[1]);
  };
  let chosen = -1, pinned = -1;

  // Moves lit labels up or down until none covers another or leaves the picture; they go home when their word goes out.
  const untangle = (lit) => {
    const taken = [];
    for (const i of lit) {
      const text = words[i].querySelector("text"), { x, y, width, height } = text.getBBox();
      const left = at[i][0] + x, top = at[i][1] + y;
      const free = (dy) => top + dy > 0 && top + dy + height < svg.viewBox.baseVal.height
        && taken.every(([l, t, w]) => l > left + width || left > l + w || Math.abs(t - top - dy) > 14);
      const dy = [0, -15, 15, -30, 30, -45, 45, -60, 60, -75, 75].find(free) ?? 0;
      if (dy) text.setAttribute("transform", `translate(0 ${dy})`);
      taken.push([left, top + dy, width]);
    }
  };

  const choose = (i) => {
    if (i === chosen && panel.firstChild) return;
    chosen = i;
    svg.classList.toggle("busy", i >= 0);
    for (const g of words) {
      g.classList.remove("lit", "chosen", "pinned");
      g.querySelector("text").removeAttribute("transform");
    }
    lines.replaceChildren();
    panel.replaceChildren();
    if (i < 0) {
      make("p", panel, "Point at a word, click it, or press Tab and walk with the arrow keys: its nearest neighbors light up.");
      return;
    }
    words[i].classList.add("chosen");
    const head = make("p", panel);
    shapeOf(words[i], make("bdi", head));
    make("b", make("bdi", head), words[i].dataset.word);
    const kind = names[words[i].dataset.in];
    make("p", panel, (kind ? kind + "; " : "") + "nearest by cosine in all " + box.dataset.dimensions + " dimensions:");
    const list = make("ol", panel), near = [];
    for (const pair of words[i].dataset.near.split(" ")) {
      const [j, cosine] = pair.split(":"), row = make("li", list);
      near.push(j);
      words[j].classList.add("lit");
      shapeOf(words[j], make("bdi", row));
      make("bdi", row, words[j].dataset.word);
      make("span", row, (cosine / 100).toFixed(2));
      const line = lines.appendChild(document.createElementNS(svg.namespaceURI, "path"));
      line.setAttribute("d", "M" + at[i] + "L" + at[j]);
    }
    words[pinned]?.classList.add("pinned");
    untangle([i, ...near]);
  };
  const pin = (i) => {
    pinned = i;
    words.forEach((g, j) => g.classList.toggle("pinned", j === i));
    choose(i);
  };
  const wordAt = (event) => {
    const hit = words.indexOf(event.target.closest("g.word"));
    if (hit >= 0) return hit;
    const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const far = at.map(([x, y]) => Math.hypot(x - p.x, y - p.y)), best = far.indexOf(Math.min(...far));
    return far[best] < 14 ? best : -1;
  };
  const step = (i, dx, dy) => {
    let best = i, least = Infinity;
    at.forEach(([x, y], j) => {
      // Words at the very same place are visited in order.
      const along = (x - at[i][0]) * dx + (y - at[i][1]) * dy + (j - i) * (dx + dy) * 1e-4;
      const aside = Math.abs((x - at[i][0]) * dy) + Math.abs((y - at[i][1]) * dx);
      if (j !== i && along > 0 && aside <= 2 * along && along + 2 * aside < least) [best, least] = [j, along + 2 * aside];
    });
    return best;
  };
  const moves = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  svg.addEventListener("pointermove", (event) => pinned < 0 && event.pointerType !== "touch" && choose(wordAt(event)));
  svg.addEventListener("pointerleave", () => pinned < 0 && choose(words.indexOf(document.activeElement)));
  svg.addEventListener("click", (event) => { const i = wordAt(event); pin(i === pinned ? -1 : i); });
  svg.addEventListener("focusin", (event) => {
    const i = words.indexOf(event.target);
    if (i < 0) return;
    words.forEach((g, j) => g.setAttribute("tabindex", j === i ? 0 : -1));
    if (pinned < 0 || event.target.matches(":focus-visible")) { pinned = -1; choose(i); }
  });
  svg.addEventListener("focusout", (event) => pinned < 0 && !svg.contains(event.relatedTarget) && choose(-1));
  svg.addEventListener("keydown", (event) => {
    const i = words.indexOf(event.target);
    if (moves[event.key] && i >= 0) words[step(i, ...moves[event.key])].focus();
    else if (event.key === "Escape") pin(-1);
    else if ((event.key === "Enter" || event.key === " ") && i >= 0) pin(i === pinned ? -1 : i);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  words.forEach((g, i) => { g.setAttribute("role", "button"); g.setAttribute("tabindex", i ? -1 : 0); });
  choose(-1);
}
