"""wardwatch: live watching of the vital signs of many wearers at once."""

__version__ = "0.1.0"
