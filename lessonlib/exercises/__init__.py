"""Graded exercises: `check` an answer, see your `progress`. The bank of questions has a folder for each lesson."""

from lessonlib.exercises.check import check, progress, use_variant

__all__ = ["check", "progress", "use_variant"]
