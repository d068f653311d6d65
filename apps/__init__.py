"""The business areas, one app each; lower ones never import upper ones."""
