"""What judges whether a patient's vitals are unusual: one file a detector, all of one form (`detector`)."""
