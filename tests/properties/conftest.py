"""One profile for every property: no deadlines, the same examples on every run."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "signet",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("signet")
