"""The films: read from vega-datasets' movies.json, cleaned, most watched first.

Only the titles with their years leave this file (videos.txt). Genre, director and the rest serve to draw the viewing
sessions and are not kept.
"""

import dataclasses
import json
import re

FILMS = 1500


@dataclasses.dataclass(frozen=True)
class Film:
    key: str  # "Title (year)": what the vocabulary holds
    year: int
    votes: int
    genre: str
    kind: str  # movies.json's "Creative Type"
    source: str
    director: str


def repaired(title):
    """movies.json holds Latin-1 text that was once read as Mac Roman: "AmÈlie" is "Amélie"."""
    try:
        return title.encode("mac_roman").decode("latin-1")
    except UnicodeEncodeError:
        return title  # has a letter that Mac Roman lacks, so it was never read as that


def release_year(text):
    year = int(text[-4:])
    return year - 100 if year > 2011 else year  # two-digit years of old films were read as of this century


def film(record):
    """The film of a record; None for what cannot be used (titles that are numbers or null, no genre, no votes)."""
    title = record["Title"]
    if not isinstance(title, str) or not record["Major Genre"] or not record["IMDB Votes"]:
        return None
    title = re.sub(r"\s+", " ", repaired(title)).strip()
    if not title or not title.isprintable():
        return None
    year = release_year(record["Release Date"])
    return Film(f"{title} ({year})", year, record["IMDB Votes"], record["Major Genre"],
                record["Creative Type"] or "", record["Source"] or "", record["Director"] or "")


def read_films(path):
    """The FILMS films with the most votes, in that order; every key once."""
    with open(path, encoding="utf-8") as file:
        found = [one for one in map(film, json.load(file)) if one]
    found.sort(key=lambda one: (-one.votes, one.key))
    unique = {}
    for one in found:
        unique.setdefault(one.key.casefold(), one)
    return list(unique.values())[:FILMS]
