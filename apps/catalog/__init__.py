"""Categories, courses and what they are made of."""
