"""Trainers: each an estimator with gensim's parameter names; `fit(sentences)` fills `.wv`, `.losses`, `.vocabulary`."""
