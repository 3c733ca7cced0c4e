"""On the page: what a network answers about a photo, and the maps that say what the answer rests on."""
