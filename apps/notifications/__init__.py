"""What people are told: a line for each, read or not, behind the bell."""
