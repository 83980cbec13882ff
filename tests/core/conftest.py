"""Settings for the tests of the core."""

from hypothesis import settings

# How long an example takes says how busy the machine is, not whether the monitor is right.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
