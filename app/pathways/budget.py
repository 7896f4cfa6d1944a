"""How much work an evaluation may take: counted, so that every machine gives the same answer."""

from dataclasses import dataclass

# So many choices are walked through, in half a second or so.
MOST_CHOICES = 300_000
# So many choices of halves and their meetings are looked at, in a third of a second.
MOST_MEETINGS = 150_000
# So many units of its own work the solver may do, a second or two each.
MOST_UNITS = 0.8


@dataclass
class Budget:
    """The work that is left, over all searches of an evaluation.

    `choices` are those that walks may look at, `meetings` those of halves, `units` the solver's.
    `proven` is false once something was given up.
    """

    choices: int = MOST_CHOICES
    meetings: int = MOST_MEETINGS
    units: float = MOST_UNITS
    proven: bool = True

    def some(self, units: float) -> "Budget":
        """A part of the solver's work, taken away from the rest."""
        units = max(0.0, min(self.units, units))
        self.units -= units
        return Budget(units=units)
