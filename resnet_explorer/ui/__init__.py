"""What the pages share: the frame, the network of the session, and views used more than once."""
