"""How fast imports are, beside the stock library and beside the same write as bare SQL, in one run."""
