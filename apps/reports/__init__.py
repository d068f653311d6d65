"""Reports: rows of any list with chosen columns, grouped and summed, as files and on the screen."""
