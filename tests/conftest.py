"""What every test shares."""

from hypothesis import settings

# No deadline: a slow machine is not a fault. Derandomised, so that a failure comes back.
settings.register_profile("yousaid", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("yousaid")
