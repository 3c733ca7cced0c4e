"""The frame around every page: navigation, the link, the style."""
