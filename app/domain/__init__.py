"""What an archive is made of, as plain data and pure functions: no I/O, no framework."""
