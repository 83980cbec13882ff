"""How good the alarms are: the monitor, run over recordings into which known events are injected."""
