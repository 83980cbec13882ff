"""Other ways to do the same job, each a process that prints its figure as one line of JSON."""
