"""Does a map of evidence mean something? Four tests of it, each with a number for an answer."""
