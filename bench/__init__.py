"""How fast imports and lists are, beside the stock libraries and beside bare SQL, in one run."""
