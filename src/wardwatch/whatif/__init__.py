"""What other rules would have done on the same log: both monitors, their alarms side by side."""
