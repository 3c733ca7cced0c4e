"""From a trained backbone to one's own classes: what learns, how, epoch by epoch."""
