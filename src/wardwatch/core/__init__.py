"""What a vital sign, a reading, a baseline and an alarm are.

Pure: the standard library and NumPy. No input or output, no clock: times come in as arguments.
"""
