"""`wardwatch demo`: the whole way, from wearers to a console, on this machine, for as long as one watches."""
