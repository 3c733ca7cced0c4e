"""Where trained values come from: bundled, torchvision's, your own; files of weights, read and recognised."""
