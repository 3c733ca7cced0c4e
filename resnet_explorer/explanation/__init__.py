"""What a network answers about a photo, and the maps that say what the answer rests on."""
