"""On the page: what each tool counts as a MAC or a parameter, and the steps from one figure to the other."""
