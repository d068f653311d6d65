"""What every record has: timestamps, archiving, natural keys, rules and policies."""
