"""What keeps recordings from giving a model."""


class FitError(ValueError):
    """The recordings are not enough: one sentence that says of what, for whoever chose them."""
