"""A network to take home: as a Python file of its own, as ONNX, and, trained, as a bundle that predicts."""
