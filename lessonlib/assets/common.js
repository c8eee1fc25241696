// Shared by the map and the explorer. Text enters the page as text nodes only, so no word can become markup.
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUE = Object.fromEntries([...DIGITS].map((letter, value) => [letter, value]));

// Whole numbers of some bits each from base64 digits of six bits each; the end may hold one number too many.
const unpack = ([bits, text]) => {
  const numbers = [];
  let held = 0, left = 0;
  for (const letter of text) {
    held = held << 6 | VALUE[letter];
    left += 6;
    while (left >= bits) {
      left -= bits;
      numbers.push(held >> left);
      held &= (1 << left) - 1;
    }
  }
  return numbers;
};

const SVG = "http://www.w3.org/2000/svg";
const make = (tag, parent, text, attributes = {}) => {
  const node = parent.appendChild(document.createElement(tag));
  if (text) node.textContent = text;
  for (const name in attributes) node.setAttribute(name, attributes[name]);
  return node;
};
const draw = (tag, parent, attributes) => {
  const node = parent.appendChild(document.createElementNS(SVG, tag));
  for (const name in attributes) node.setAttribute(name, attributes[name]);
  return node;
};

// say(node)`The word ${word} is here.` writes the sentence; words stand isolated, whichever way they are read.
const say = (node) => (texts, ...words) => {
  node.replaceChildren(texts[0]);
  words.forEach((word, i) => { make("bdi", node, word); node.append(texts[i + 1]); });
};

// What is typed finds a word as it is, or else without surrounding spaces, or else in any case; -1 if there is none.
const oneLine = (word) => word.replace(/[\r\n]+/g, "");
const folded = (word) => oneLine(word).trim().normalize("NFC").toLowerCase();
const find = (words, typed, allowed = () => true) => {
  const ways = [oneLine, (word) => oneLine(word).trim(), folded];
  for (const way of ways) {
    const wanted = way(typed), i = words.findIndex((word, j) => way(word) === wanted && allowed(j));
    if (i >= 0) return i;
  }
  return -1;
};

// The word with the fewest letters to add, drop or change (Levenshtein 1966); "" if more than half would change.
const nearestSpelling = (words, typed, allowed = () => true) => {
  const wanted = [...folded(typed)].slice(0, 40);
  let best = "", least = Math.floor(wanted.length / 2) + 1;
  words.forEach((word, j) => {
    const letters = [...folded(word)];
    if (Math.abs(letters.length - wanted.length) >= least || !allowed(j)) return;
    let row = letters.map((_, i) => i + 1);
    wanted.forEach((letter, i) => {
      let corner = i, before = i + 1;
      row = row.map((above, j) => {
        before = Math.min(above + 1, before + 1, corner + (letters[j] !== letter));
        corner = above;
        return before;
      });
    });
    const distance = row.at(-1) ?? wanted.length;
    if (distance < least) [best, least] = [word, distance];
  });
  return best;
};

// A list of suggestions for inputs. An id must be unique on the page, so it is counted when the page runs.
const suggestions = (parent) => {
  window.lessonlibLists = (window.lessonlibLists ?? 0) + 1;
  const list = make("datalist", parent, "", { id: "lessonlib-list-" + window.lessonlibLists });
  list.offer = (words) => list.replaceChildren(...words.map((word) => new Option("", oneLine(word))));
  return list;
};
// True if an input got its text from the list and not from typing.
const picked = (event) => !event.inputType || event.inputType === "insertReplacementText";
