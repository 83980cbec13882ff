"""The feed: alarms and vitals to nurse-station consoles, over websockets."""
