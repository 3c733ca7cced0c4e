"""The app for a class: one teacher, many students, each with what is theirs, on one machine."""
