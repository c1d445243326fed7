"""The command line: `policy-archive`. One file a command, named after what the librarian does."""
