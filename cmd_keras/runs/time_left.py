"""How long the runs that are left will take, from the first that has ended on."""


class TimeLeft:
    """Counts the runs that have ended.

    Args:
        total: How many are to be made.
        processes: How many at a time.
    """

    def __init__(self, total: int, processes: int) -> None:
        self._total, self._processes = total, processes
        self._seconds: list[float] = []

    def count(self, seconds: float) -> None:
        """One has ended, after so long."""
        self._seconds.append(seconds)

    def position(self) -> str:
        """`3/40`."""
        done = len(self._seconds)
        return f"{done:>{len(str(self._total))}}/{self._total}"

    def words(self) -> str:
        """`7.2 s, 4 min left`: the last run, and all that are to come."""
        left = self._total - len(self._seconds)
        mean = sum(self._seconds) / len(self._seconds)
        rest = f"{span(mean * left / self._processes)} left" if left else "none left"
        return f"{span(self._seconds[-1])}, {rest}"


def span(seconds: float) -> str:
    """A time as one says it: `7 s`, `4 min`, `2 h 10 min`."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
