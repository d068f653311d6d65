"""The demo platform: an invented company with believable courses, people and a year of learning."""
