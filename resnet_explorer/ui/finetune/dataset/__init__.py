"""On the page: a folder of labelled photos: read, checked, kept, made into batches."""
