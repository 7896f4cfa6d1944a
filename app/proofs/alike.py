"""Documents that are alike: the same credential, said of another learner.

Of many credentials for one achievement, all but a few texts are the same. When one of them has been
checked, what is left to check of the others are those texts. They stand in places where a rule asks
for any text, or for any absolute IRI, and that no other member is held against; what is signed is
still canonicalised whole, document by document.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.credentials.conformance import found, raise_check_failed, tree_findings
from app.credentials.values import iri_fault
from app.encoding.strict_json import JsonObject, dump_json
from app.jsonld.safe_mode import canonicalize
from app.proofs.checked import CheckedDocument, UnsecuredDocument


def _any_text(text: str, pointer: str) -> None:
    """Nothing but what is asked of every text: see `tree_findings`."""


def _any_iri(text: str, pointer: str) -> None:
    fault = iri_fault(text)
    if fault is not None:
        raise_check_failed([found(fault[0], pointer, fault[1])])


Rule = Callable[[str, str], None]

# A list stands for every item of it.
_IDENTITY: Mapping[str, Rule] = {"identityHash": _any_text, "salt": _any_text}
_OWN: Mapping[str, Any] = {
    "id": _any_iri,
    "credentialSubject": {
        "id": _any_iri,
        "identifier": [_IDENTITY],
        "narrative": _any_text,
    },
    "credentialStatus": {
        "id": _any_iri,
        "statusListIndex": _any_text,
        "statusListCredential": _any_iri,
    },
}


def check_alike(checked: CheckedDocument, members: JsonObject) -> CheckedDocument:
    """The checked document with other texts in the places where its own may differ.

    `members` are those texts, laid out as in the document; what it leaves out stays as it is.
    Raises `CheckFailed` and `MalformedInput` as `check_document` does, and ValueError for a place
    where nothing may differ or no text stood.
    """
    raise_check_failed(tree_findings(members))
    document: JsonObject = _filled(checked.document, members, _OWN, "")
    contexts = checked.unsecured.contexts
    return CheckedDocument(
        UnsecuredDocument(document, contexts, canonicalize(document, contexts)),
        checked.profile,
        dump_json(document),
    )


def _filled(value: Any, members: Any, own: Any, pointer: str) -> Any:
    """A copy of `value` with the texts in `members`, where the table says that they may differ."""
    if isinstance(value, str) and isinstance(members, str) and callable(own):
        own(members, pointer)
        return members
    if isinstance(value, list) and isinstance(members, list) and isinstance(own, list):
        pairs = enumerate(zip(value, members, strict=True))
        return [_filled(item, new, own[0], f"{pointer}/{n}") for n, (item, new) in pairs]
    if not (isinstance(value, dict) and isinstance(members, dict) and isinstance(own, Mapping)):
        raise ValueError(f"no other text may stand at {pointer}")
    copy = dict(value)
    for name, new in members.items():
        copy[name] = _filled(value.get(name), new, own.get(name), f"{pointer}/{name}")
    return copy
