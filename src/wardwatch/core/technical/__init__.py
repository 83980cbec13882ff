"""Watching the devices: technical conditions, which say that a patient is not, or not well, watched."""
