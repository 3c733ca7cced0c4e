"""`python -m resnet_explorer`: the command line."""

import sys

from resnet_explorer.cli import main

if __name__ == "__main__":
    sys.exit(main())
