"""What every room may use: words in the reader's language, colours, pictures, tables, files, progress."""
