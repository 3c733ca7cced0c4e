"""Which network a file's values belong to and how it sees photos: by shapes, then by its batch norms."""
