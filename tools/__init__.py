"""Tools for those who write and check the lessons; not part of the installed package."""
