// The analogy explorer: the vectors are in the page as whole numbers, and 3CosAdd is computed here.
const kind = ".lessonlib-analogy-explorer";
const start = (live, data) => {
  const { words, relations, dimensions } = data, limit = 2 ** (data.vectors[0] - 1) - 1;
  const numbers = Int16Array.from(unpack(data.vectors), (value) => value - limit);
  const dot = (i, j) => {
    let sum = 0;
    for (let n = 0; n < dimensions; n++) sum += numbers[i * dimensions + n] * numbers[j * dimensions + n];
    return sum;
  };
  const lengths = words.map((_, i) => Math.sqrt(dot(i, i)) || 1);
  for (const relation of relations) {
    const pairs = unpack(relation.pairs), halves = unpack(relation.questions);
    relation.questions = Array.from({ length: relation.count }, (_, i) =>
      [halves[2 * i], halves[2 * i + 1]].flatMap((p) => [pairs[2 * p], pairs[2 * p + 1]]));
  }

  // b - a + c of unit vectors: its cosine with every word, best first. explore_vectors.py repeats it step by step.
  const answers = (a, b, c) => {
    const scores = words.map((_, w) => (dot(b, w) / lengths[b] - dot(a, w) / lengths[a] + dot(c, w) / lengths[c]) / lengths[w]);
    const length = Math.sqrt(Math.max(scores[b] - scores[a] + scores[c], 1e-12));
    const order = words.map((_, w) => w).filter((w) => w !== a && w !== b && w !== c).sort((v, w) => scores[w] - scores[v]);
    return { order, cosine: (w) => scores[w] / length };
  };

  // The frame of the page: a menu of relations, three words, the answer, and a picture.
  const menu = make("div", live, "", { class: "bar" });
  const relation = make("select", make("label", menu, "Relation"));
  relations.forEach(({ name }, i) => relation.append(new Option(name, i)));
  const next = make("button", menu, "Next question", { type: "button", class: "next" });
  const place = make("span", menu, "", { class: "soft" });
  const row = make("div", live, "", { class: "bar" });
  const list = suggestions(live);
  const fields = ["a", "b", "c"].map((name, i) => {
    const label = make("label", row, "word " + name);
    if (i < 2) make("span", row, ["is to", "as"][i]);
    return make("input", label, "", { type: "text", list: list.id, autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
  });
  make("span", row, "is to … ?");
  const page = make("div", live, "", { class: "sheet" });
  const panel = make("div", page, "", { class: "answer", role: "status", "aria-live": "polite" });
  const figure = make("div", page, "", { class: "plane" });
  const all = dimensions === data.full ? `all ${dimensions} dimensions` : `${dimensions} of ${data.full} dimensions (truncated singular value decomposition)`;
  make("p", live, `Computed in this page: 3CosAdd among ${words.length} words, ${all}, coordinates as whole numbers from -${limit} to ${limit}. `
    + `First answers equal those of the full vectors in ${data.agree} of ${data.total} questions.`, { class: "measured" });

  // The plane through a, b and c, in which b - a + c closes the parallelogram exactly. Other words are projected onto it.
  const drawPlane = (a, b, c, some) => {
    figure.replaceChildren();
    const cos = (i, j) => dot(i, j) / lengths[i] / lengths[j];
    const from = (i, j, k) => cos(i, j) - cos(i, k) - cos(a, j) + cos(a, k); // (i - a) · (j - k)
    const long = Math.sqrt(from(b, b, a)), skew = from(c, b, a) / long, tall = Math.sqrt(from(c, c, a) - skew ** 2);
    if (!(long > 1e-6 && tall > 1e-6)) return;
    const flat = (i) => { const x = from(i, b, a) / long; return [x, (from(i, c, a) - skew * x) / tall]; };
    const spots = new Map([a, b, c, ...some].map((i) => [i, flat(i)]));
    const corner = [long + skew, tall], ends = [...spots.values(), corner];
    const low = [0, 1].map((n) => Math.min(...ends.map((p) => p[n]))), high = [0, 1].map((n) => Math.max(...ends.map((p) => p[n])));
    const scale = Math.min(210 / (high[0] - low[0]), 190 / (high[1] - low[1]));
    const put = (p) => [180 + (p[0] - (low[0] + high[0]) / 2) * scale, 130 - (p[1] - (low[1] + high[1]) / 2) * scale];
    const svg = draw("svg", figure, { viewBox: "0 0 360 260", role: "img", "aria-label": `${words[a]} to ${words[b]} and ${words[c]} to ${words[some[0]]} as a parallelogram` });
    const arrow = (p, q, look) => {
      const [x, y] = put(p), [u, v] = put(q), far = Math.hypot(u - x, v - y) || 1, [s, t] = [(u - x) / far * 7, (v - y) / far * 7];
      draw("path", svg, { class: look, d: `M${x} ${y}L${u} ${v}M${u - s - t / 2} ${v - t + s / 2}L${u} ${v}L${u - s + t / 2} ${v - t - s / 2}` });
    };
    arrow(spots.get(a), spots.get(b), "arrow");
    arrow(spots.get(c), corner, "arrow");
    const [[ax, ay], [cx, cy], [bx, by], [tx, ty]] = [spots.get(a), spots.get(c), spots.get(b), corner].map(put);
    draw("path", svg, { class: "dashed", d: `M${ax} ${ay}L${cx} ${cy}M${bx} ${by}L${tx} ${ty}` });
    draw("circle", svg, { class: "target", cx: tx, cy: ty, r: 6 });
    // Names beside a, b, c and the answer, numbers beside the next best; each goes where it covers nothing.
    const taken = [...spots.values(), corner].map((p) => { const [x, y] = put(p); return [x - 5, y - 5, x + 5, y + 5]; });
    [...spots].forEach(([i, spot], n) => {
      const [x, y] = put(spot), best = n === 3;
      draw("circle", svg, { class: best ? "best" : "", cx: x, cy: y, r: n < 4 ? 4 : 2.5 });
      const name = n < 4 ? [...words[i]].slice(0, 20).join("") + ([...words[i]].length > 20 ? "…" : "") : String(n - 2);
      const text = draw("text", svg, best ? { class: "first" } : {});
      text.textContent = name;
      const wide = text.getBBox().width;
      const ways = [[8, 5], [-8 - wide, 5], [-wide / 2, -8], [-wide / 2, 18], [8, -8], [8, 18], [-8 - wide, -8], [-8 - wide, 18]];
      if (n === 0 || n === 2) ways.unshift(ways[1]); // arrows start here and go to the right
      const place = ways.find(([dx, dy]) => x + dx > 2 && x + dx + wide < 358 && taken.every(([l, t, r, b]) =>
        x + dx > r || x + dx + wide < l || y + dy - 12 > b || y + dy + 2 < t));
      if (!place) return text.remove();
      text.setAttribute("x", x + place[0]);
      text.setAttribute("y", y + place[1]);
      taken.push([x + place[0], y + place[1] - 12, x + place[0] + wide, y + place[1] + 2]);
    });
    make("p", figure, "The plane through a, b and c. The ring is b - a + c. The answers are projected onto this plane; they reach out of it in the other dimensions.", { class: "caption" });
  };

  const current = () => relations[relation.value];
  let asked = 0, solved = "";
  const solve = () => {
    const now = JSON.stringify([relation.value, ...fields.map((field) => field.value)]);
    if (now === solved) return;
    solved = now;
    const ids = fields.map((field) => find(words, field.value));
    fields.forEach((field, i) => field.setAttribute("aria-invalid", String(ids[i] < 0)));
    panel.replaceChildren();
    const unknown = ids.indexOf(-1);
    if (unknown >= 0) {
      figure.replaceChildren();
      const typed = fields[unknown].value.trim(), close = nearestSpelling(words, typed), line = make("p", panel, "", { class: "bad" });
      if (!typed) line.textContent = `Word ${"abc"[unknown]} is missing: type one, or choose one from the list.`;
      else if (close) say(line)`${typed} is not among the ${String(words.length)} words of this page. Nearest spelling: ${close}`;
      else say(line)`${typed} is not among the ${String(words.length)} words of this page.`;
      return;
    }
    const [a, b, c] = ids, { order, cosine } = answers(a, b, c), best = order.slice(0, 5);
    const expected = current().questions.filter((q) => q[0] === a && q[1] === b && q[2] === c).map((q) => q[3]);
    const head = make("p", panel, "", { class: "result" });
    say(head)`${words[a]} is to ${words[b]} as ${words[c]} is to `;
    make("b", make("bdi", head), words[best[0]]);
    head.append(` (cosine ${cosine(best[0]).toFixed(2)})`);
    place.textContent = expected.length ? place.textContent : "";
    const verdict = make("p", panel, "", { class: "verdict" });
    if (!expected.length) say(verdict)`No expected word: these three are no question of the relation ${current().name}.`;
    else if (expected.includes(best[0])) { say(verdict)`✓ This is the expected word.`; verdict.classList.add("good"); }
    else { say(verdict)`✗ Expected was ${words[expected[0]]}, which is number ${String(order.indexOf(expected[0]) + 1)} of the answers.`; verdict.classList.add("bad"); }
    const rows = make("ol", panel);
    best.forEach((w, rank) => {
      const line = make("li", rows);
      make("span", line, rank + 1 + ".");
      make("bdi", line, words[w]);
      make("span", line, cosine(w).toFixed(2));
    });
    drawPlane(a, b, c, best);
  };
  const ask = (number) => {
    const { questions } = current();
    asked = number % questions.length;
    questions[asked].slice(0, 3).forEach((w, i) => { fields[i].value = oneLine(words[w]); });
    solve();
    place.textContent = `${asked + 1} of ${questions.length}`;
  };
  // A new relation offers its own words first.
  const enter = () => {
    const own = new Set(current().questions.flat());
    list.offer([...own, ...words.map((_, w) => w).filter((w) => !own.has(w))].map((w) => words[w]));
    ask(0);
  };
  relation.addEventListener("change", enter);
  next.addEventListener("click", () => ask(asked + 1));
  for (const field of fields) {
    field.addEventListener("change", solve);
    field.addEventListener("input", (event) => picked(event) && solve());
  }
  live.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" && fields.includes(event.target)) solve();
  });
  enter();
};
