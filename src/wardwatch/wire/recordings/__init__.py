"""Recordings in the layouts of other systems, each in a file, as readings."""
