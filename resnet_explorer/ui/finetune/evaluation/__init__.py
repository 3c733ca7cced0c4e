"""On the page: what a fine-tuned network predicts right, its confidence, and what fine-tuning changed."""
