"""What learners are asked in a course, and what they answered."""
