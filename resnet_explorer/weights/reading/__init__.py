"""A file of weights into tensors under torchvision's names: nothing in it is run; what it is not is told."""
