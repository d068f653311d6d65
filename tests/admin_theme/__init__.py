"""How the console behaves, whatever it shows."""
