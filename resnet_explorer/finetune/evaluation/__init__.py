"""What a fine-tuned network predicts right, how its confidence is calibrated, how its weights changed."""
