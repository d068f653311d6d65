"""Plans, who subscribes to them, what was paid, and what is going to happen when."""
