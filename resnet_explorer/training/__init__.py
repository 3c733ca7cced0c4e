"""Training of small networks from scratch: data, augmentation, recipe, figures."""
