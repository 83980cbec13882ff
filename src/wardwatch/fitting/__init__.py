"""Fits the model of the population, from which every patient starts, on recordings."""
