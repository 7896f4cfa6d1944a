"""A fair answer to begin with, which a search has only to better."""

from app.pathways.problem import Problem


def choose_greedily(problem: Problem) -> tuple[int, ...]:
    """Always the item that helps most and breaks no limit, until none does."""
    chosen: tuple[int, ...] = ()
    price = problem.price(chosen)
    while price:
        tries = (
            (problem.price(further), index, further)
            for index in range(len(problem.items))
            if index not in chosen and problem.keeps_limits(further := (*chosen, index))
        )
        least = min(tries, default=(price, 0, chosen))
        if least[0] >= price:
            break
        price, _, chosen = least
    return tuple(sorted(chosen))
