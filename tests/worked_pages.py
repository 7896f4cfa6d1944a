"""The pages of the worked examples: what is sent and what comes back, shown where a page asks for
it.

`python -m tests.worked_pages` (`make examples`) runs every example and writes anew what has
changed. In a page stands `<!-- rule: pathway.json -->` and the like; what follows it up to
`<!-- end -->` is written here, the rest is by hand.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from app.credentials.key_facts import with_key_facts
from app.credentials.learning import read_learning
from app.encoding.strict_json import JsonObject, show_json
from app.pathways.parsing import parse_rule
from app.pathways.words import RuleWords
from tests.comparing import comparable
from tests.worked_examples import EXAMPLES, FOLDER, run

_BLOCK = re.compile(r"(<!-- (\w+): (\S+?)(?: (\S+))? -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def outputs_of(name: str) -> dict[str, str]:
    """What comes of an example now, by file name."""
    return {
        f"{output}.json": show_json(document) + "\n"
        for output, document in run(name).outputs.items()
    }


def has_changed(name: str) -> bool:
    """Whether something else comes of an example than its folder holds."""
    return any(
        not (path := FOLDER / name / file).exists()
        or comparable(path.read_text(encoding="utf-8"), at_one_time=True)
        != comparable(fresh, at_one_time=True)
        for file, fresh in outputs_of(name).items()
    )


def filled_page(path: Path) -> str:
    """A page with its blocks made of the files beside it."""

    def block(match: re.Match[str]) -> str:
        opening, kind, file, pointer, _, end = match.groups()
        document = json.loads((path.parent / file).read_text(encoding="utf-8"))
        return f"{opening}\n{_BLOCKS[kind](_part(document, pointer))}\n\n{end}"

    return _BLOCK.sub(block, path.read_text(encoding="utf-8"))


def pages() -> list[Path]:
    """Every page with blocks."""
    return sorted(FOLDER.glob("*/README.md"))


def _part(document: Any, pointer: str | None) -> Any:
    for step in (pointer or "").split("/")[1:]:
        document = document[int(step) if isinstance(document, list) else step]
    return document


# --- Blocks --------------------------------------------------------------------------------------


def _json(document: Any) -> str:
    return f"```json\n{show_json(document)}\n```"


def _folded(document: Any) -> str:
    return f"<details>\n<summary>As JSON</summary>\n\n{_json(document)}\n\n</details>"


def _facts(credential: JsonObject) -> str:
    """The key facts as the credential carries them in its criteria."""
    learning = read_learning(credential["credentialSubject"]["achievement"])
    facts = with_key_facts(None, learning)
    assert facts in credential["credentialSubject"]["achievement"]["criteria"]["narrative"]
    return "\n".join(f"> {line}".rstrip() for line in facts.splitlines()[2:])


def _findings(answer: JsonObject) -> str:
    """What came of each rule of a policy."""
    told = (
        "Everything that must be there is there." if answer["conforms"] else "It does not meet it."
    )
    lines = [f"**{told}**", "", "| rule | weight | outcome | |", "|---|---|---|---|"]
    for each in answer["findings"]:
        note = each["message"] if each["outcome"] == "failed" else ""
        outcome = each["outcome"].replace("_", " ")
        lines.append(
            f"| `{each['rule']}` | {each['level']} | {outcome} | {note} |".replace("  ", " ")
        )
    return "\n".join(lines)


def _rule(given: JsonObject) -> str:
    """A rule in the words of its page."""
    rule = parse_rule({**given, "award": {**given["award"], "id": "https://badges.example/award"}})
    words = RuleWords(rule)
    lines = [f"- {step.text}" for step in words.steps()]
    counting = [each[:1].upper() + each[1:] for each in words.eligibility()]
    counting += [f"{words.rate(each)}, by the rule `{each.rule}`" for each in rule.conversions]
    counting += [words.articulation(each) for each in rule.articulations]
    lines += ["", "What counts, and for how much:", ""] if counting else []
    lines += [f"- {each}" for each in counting]
    if rule.manual:
        lines += ["", "Left to people:", "", *(f"- {each.text}" for each in rule.manual)]
    return "\n".join(lines)


def _checks(answer: JsonObject) -> str:
    """What an evaluation comes to."""
    told = "satisfied" if answer["satisfied"] else "not satisfied"
    lines = [f"**The rules are {told}.**", "", "| badge | counts for |", "|---|---|"]
    lines += [f"| {each['name']} | {each['credit']} |" for each in answer["counted"]]
    lines += ["", "| check | needed | found | passed |", "|---|---|---|---|"]
    for each in answer["checks"]:
        needed = ", ".join(
            f"{_BOUNDS[name]}{_words(value)}" for name, value in each["required"].items()
        )
        passed = "yes" if each["passed"] else "no"
        lines.append(f"| `{each['id']}` | {needed} | {_words(each['found'])} | {passed} |")
    notes = [each["text"] for each in answer["missing"]]
    notes += [f"Not counted: {each['reason']}" for each in answer["excluded"]]
    notes += [f"Counted by the rule `{each['rule']}`." for each in answer["conversions"]]
    if answer["spare"]:
        notes.append(f"Badges that count and are not used: {len(answer['spare'])}.")
    return "\n".join([*lines, "", *(f"- {each}" for each in dict.fromkeys(notes))]).strip()


def _words(value: Any) -> str:
    if isinstance(value, list):
        return " and ".join(value)
    if isinstance(value, dict):
        return f"{value['from'][:10]} to {value['to'][:10]}"
    return str(value)


_BOUNDS = {"min": "at least ", "max": "at most ", "window": "within ", "include": "among them "}
_BLOCKS = {
    "shown": _json,
    "folded": _folded,
    "facts": _facts,
    "findings": _findings,
    "rule": _rule,
    "checks": _checks,
}


def main() -> None:
    """Write what has changed."""
    for name in EXAMPLES:
        if has_changed(name):
            for file, text in outputs_of(name).items():
                (FOLDER / name / file).write_text(text, encoding="utf-8")
            sys.stdout.write(f"{name}: written anew\n")
    for page in pages():
        page.write_text(filled_page(page), encoding="utf-8")


if __name__ == "__main__":
    main()
