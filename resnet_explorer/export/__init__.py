"""A network to take home: as a Python file of its own, and as ONNX. Graphs and tables draw themselves."""
