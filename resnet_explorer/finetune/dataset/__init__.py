"""A folder of labelled photos: read, checked, kept, made into batches."""
