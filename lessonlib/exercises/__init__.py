"""Graded exercises: `check` an answer, see your `progress`. The bank of questions has a folder for each lesson."""

from lessonlib.exercises.check import check, left_to_do, progress, use_variant

__all__ = ["check", "left_to_do", "progress", "use_variant"]
