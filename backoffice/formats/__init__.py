"""How dates are written: the same everywhere, whatever the language's own custom is."""
