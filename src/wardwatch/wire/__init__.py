"""Bytes to records and back: the only place that knows field names on the wire."""
