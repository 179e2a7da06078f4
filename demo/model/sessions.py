"""Viewing sessions drawn by a stated rule (README.md): nobody's data, so free to ship, and learnable because it has a cause.

A viewer has tastes: a liking for every genre, creative type and source, a favourite year with a span, a few favourite
directors. A film's pull on the viewer is the sum of these plus a share of its fame. Films are drawn without replacement
with probability proportional to exp(pull), by the Gumbel trick. The next two draws are impressions that were clicked
(label 1); two films drawn by fame alone are impressions that were not (label 0).
"""

import numpy as np

LONGEST = 20  # watched films of a session
CLICKED = 2   # impressions of each label a session
GENRE, KIND, SOURCE, DIRECTOR, FAME = 2.4, 1.8, 0.5, 2.5, 0.5


def codes(values):
    names = sorted(set(values))
    return np.array([names.index(value) for value in values]), len(names)


def gumbel(random, shape):
    return random.gumbel(size=shape).astype(np.float32)


class Viewers:
    """Draws sessions over `films`; everything follows from the seed."""

    def __init__(self, films, seed):
        self.random = np.random.default_rng(seed)
        self.genre, self.genres = codes([film.genre for film in films])
        self.kind, self.kinds = codes([film.kind for film in films])
        self.source, self.sources = codes([film.source for film in films])
        self.director, self.directors = codes([film.director for film in films])
        self.nobody = sorted(set(film.director for film in films)).index("")
        self.year = np.array([film.year for film in films], np.float32)
        votes = np.array([film.votes for film in films], np.float32)
        self.fame = FAME * np.log(votes / votes.mean())

    def pulls(self, viewers):
        """[viewers, films]: how much each film draws each viewer, fame left out."""
        normal = self.random.standard_normal
        pull = GENRE * normal((viewers, self.genres)).astype(np.float32)[:, self.genre]
        pull += KIND * normal((viewers, self.kinds)).astype(np.float32)[:, self.kind]
        pull += SOURCE * normal((viewers, self.sources)).astype(np.float32)[:, self.source]
        favourite_year = self.random.choice(self.year, (viewers, 1))
        span = self.random.uniform(4, 25, (viewers, 1)).astype(np.float32)
        pull -= np.minimum(np.abs(self.year[None, :] - favourite_year) / span, 3)
        liked = self.random.random((viewers, self.directors)) < 0.06
        liked[:, self.nobody] = False
        return pull + DIRECTOR * liked[:, self.director]

    def draw(self, viewers):
        """(watched, clicked, ignored): int arrays [viewers, LONGEST] padded with -1, and [viewers, CLICKED] twice."""
        pull = self.pulls(viewers) + self.fame
        ranked = np.argsort(-(pull + gumbel(self.random, pull.shape)), axis=1)[:, :LONGEST + CLICKED]
        clicked, watched = ranked[:, :CLICKED], ranked[:, CLICKED:].copy()
        count = np.minimum(1 + self.random.geometric(0.14, viewers), LONGEST)
        watched[np.arange(LONGEST)[None, :] >= count[:, None]] = -1
        fame = np.broadcast_to(self.fame, pull.shape) + gumbel(self.random, pull.shape)
        np.put_along_axis(fame, ranked, -np.inf, axis=1)
        ignored = np.argpartition(-fame, CLICKED, axis=1)[:, :CLICKED]
        return watched, clicked, ignored


def examples(films, viewers, seed, chunk=2000):
    """(watched, impression, label) of `viewers` sessions, 2 × CLICKED examples each, those of one session together."""
    source = Viewers(films, seed)
    parts = [source.draw(min(chunk, viewers - start)) for start in range(0, viewers, chunk)]
    watched, clicked, ignored = (np.concatenate(part) for part in zip(*parts))
    impression = np.concatenate([clicked, ignored], axis=1)
    label = np.repeat([[1.0, 0.0]], CLICKED, axis=1).astype(np.float32)
    return (np.repeat(watched, 2 * CLICKED, axis=0), impression.reshape(-1),
            np.broadcast_to(label, impression.shape).reshape(-1))
