"""Work in the background that loses nothing and repeats nothing."""
