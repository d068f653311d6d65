"""What the commands `imports` and `export` are made of: who acts, what was chosen, and what is answered."""
