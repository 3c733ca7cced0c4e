"""The commands, a file each. None imports torch until it runs."""
