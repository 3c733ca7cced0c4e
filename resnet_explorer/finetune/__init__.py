"""Fine-tuning: from a folder of photos to a network that knows them."""
