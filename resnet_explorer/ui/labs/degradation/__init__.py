"""On the page: plain and residual networks of growing depth: the study that ships, and two trained live."""
