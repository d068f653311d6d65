"""The table of who may open and do what, the world it is tried in, and what each of its cells is checked for."""
