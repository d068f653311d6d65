"""How the console looks and behaves; knows no model."""
