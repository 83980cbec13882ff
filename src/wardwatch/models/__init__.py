"""Models of the population that come with the package."""
