"""Every test of the project, in the folders of what it tests."""
