"""Wearers that don't exist, for those who test wardwatch or a consumer of their own."""
