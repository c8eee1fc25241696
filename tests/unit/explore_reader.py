"""Reads an interactive picture back from its HTML, independently of the code that wrote it."""

import base64
import json
from html.parser import HTMLParser

import numpy as np
from gensim.models import KeyedVectors

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
HOSTILE = [
    '</script><script>alert("1")</script>', "</SCRIPT >", "<!--<script>", "-->", "]]>", "<!--", "<b>&amp;</b>",
    "a\"b'c", "`${alert(1)}`", "{{script}}", "\\u003c", "\\", "$x^2$", r"\(y\)", "<img src=x onerror=alert(1)>",
    "javascript:alert(1)", "onload=1 x", "&lt;", "&", "%3Cb%3E", "שלום", "مرحبا", "🦉", "👩‍👧", "日本語", "x\u202ey",
    "e\u0301\u0327", "nul\x00", "\ud800", "tab\tnew\nline", " ", "\u200b", "\u00a0", "\u2028", "w" * 300,
    " space ", "ﬁ", "İstanbul", "__proto__", "constructor",
]  # fmt: skip


def make_vectors(words, size=8, seed=0):
    wv = KeyedVectors(size)
    wv.add_vectors(list(words), np.random.default_rng(seed).normal(size=(len(words), size)))
    return wv


def kept(word):
    """What a page shows for a word: control characters and lone surrogates are replaced, all else stays."""
    replaced = {*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)} - {0x09, 0x0A}
    return "".join("\ufffd" if ord(letter) in replaced else letter for letter in word)


def numbers(packed, count):
    """Packed numbers read through one long string of bits."""
    bits, text = packed
    stream = "".join(f"{DIGITS.index(letter):06b}" for letter in text)
    assert 0 <= len(stream) - count * bits < 6 and set(stream[count * bits :]) <= {"0"}
    return [int(stream[i * bits : (i + 1) * bits], 2) for i in range(count)]


class Reader(HTMLParser):
    """Collects tags, text by tag, the data and the still picture; checks that tags close in the right order."""

    EMPTY = {"meta", "path", "img"}

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.texts = [], [], {}
        self.feed(page)
        self.close()
        assert self.open == []
        (self.json,) = self.texts.get("script application/json", [None])
        self.data = json.loads(self.json) if self.json else None

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.EMPTY:
            self.open.append(tag + (" " + dict(attributes)["type"] if "type" in dict(attributes) else ""))

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop().split()[0] == tag

    def handle_data(self, data):
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    def still(self):
        """The picture inside the <img>, read the same way; its markup is XML and so has no unclosed tags."""
        (image,) = self.all("img")
        return Reader(base64.b64decode(image["src"].removeprefix("data:image/svg+xml;base64,")).decode("utf-8"))
