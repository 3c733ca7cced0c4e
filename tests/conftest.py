"""What every test shares."""

from __future__ import annotations

from hypothesis import settings

# Time is measured by benchmarks, not asserted by tests: a busy machine is no failure.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
