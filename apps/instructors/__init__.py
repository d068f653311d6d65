"""People who teach: their applications, their standing, and what it means for their courses."""
