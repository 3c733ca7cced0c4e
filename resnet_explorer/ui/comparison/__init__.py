"""On the page: two networks beside each other: what differs, what it costs, what is published of them."""
