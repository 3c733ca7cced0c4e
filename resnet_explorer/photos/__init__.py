"""From a file to what a network sees: how a photo is looked at, in training and in use alike."""
