"""From a file to what a network sees: how a photo is read, cropped and normalised."""
