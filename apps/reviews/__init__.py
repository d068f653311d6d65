"""What learners say about courses, and who decides what others get to read."""
