// Contrast of every text and every marker of a picture with the paper it stands on (WCAG 2.2, relative luminance).
(box) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (color) => {
    const [r, g, b] = rgb(color).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [high, low] = [luminance(a), luminance(b)].sort((p, q) => q - p);
    return (high + 0.05) / (low + 0.05);
  };
  const paper = getComputedStyle(box).backgroundColor, texts = {}, marks = {};
  const add = (where, key, value) => { where[key] = Math.min(where[key] ?? 99, value); };
  const name = (node) => node.tagName + "." + (node.getAttribute("class") ?? "");
  for (const node of box.querySelectorAll("p, li, label, span, button, input, select, td, figcaption, b, bdi, text")) {
    const style = getComputedStyle(node);
    if (style.display === "none" || !node.getClientRects().length) continue;
    add(texts, name(node), ratio(node.tagName === "text" ? style.fill : style.color, paper));
  }
  for (const node of box.querySelectorAll("circle, path:not(.leader)")) {
    const style = getComputedStyle(node);
    const seen = [style.fill, style.stroke].filter((color) => color !== "none").map((color) => ratio(color, paper));
    add(marks, name(node), Math.max(...seen));
  }
  for (const node of box.querySelectorAll("input, select")) {
    add(marks, "edge of " + node.tagName, ratio(getComputedStyle(node).borderTopColor, paper));
  }
  return { paper: luminance(paper), texts, marks };
}
