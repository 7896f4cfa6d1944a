"""Output held against what the documentation shows of it, but for what no two runs share."""

import re

# Digests first: a part of one may look like an id.
_NEW_EACH_TIME = [
    (r"sha384-[A-Za-z0-9+/]{64}", "DIGEST"),
    (r"(?<![\w-])[\w-]{22}(?![\w-])", "ID"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
    (r"urn:uuid:[0-9a-f-]{36}", "UUID"),
    (r"sha256\$[0-9a-f]{64}", "HASH"),
    (r'"salt": ?"[\w-]+"', "SALT"),
    (r"\bz[1-9A-HJ-NP-Za-km-z]{40,}", "MULTIBASE"),
    (r'#\d+"', 'INDEX"'),
    (r'"statusListIndex": ?"\d+"', "INDEX"),
]


def comparable(text: str, *, at_one_time: bool = False) -> str:
    """The text without what is new each time; with `at_one_time` its times have to be the same."""
    for pattern, word in _NEW_EACH_TIME:
        if word != "TIME" or not at_one_time:
            text = re.sub(pattern, word, text)
    return text.strip()
