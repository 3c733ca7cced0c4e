"""The network as a graph of solid and dashed shortcuts: what is drawn, where it stands, how it looks.

What a mouse over a part says stands where it is drawn, in `svg` and `marks`; what a click says, in `records`.
"""
