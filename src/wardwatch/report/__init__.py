"""The report of an evaluation: one HTML file with figures, their numbers, and what the model can't do."""
