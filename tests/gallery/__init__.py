"""A gallery of the window for a person to look at."""
