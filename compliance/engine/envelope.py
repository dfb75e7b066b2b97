"""Read the envelope of a request: who, what, with which resource, in which context; the facts inside stay unread.

Reference: AuthZEN Authorization API 1.0, section 5 (subject, action, resource, context).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.vocabulary.facts import Vocabulary


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one part of a request."""

    pointer: str
    """JSON pointer (RFC 6901) to the part."""
    message: str
    """One lower-case sentence, the client's text in backticks."""
    help: str = ""


class RequestRefused(ValueError):  # noqa: N818 - what happened to the request
    """A request that cannot be read; `problems` are all of them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Take the problems, in the order found."""
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.pointer}: {problem.message}" for problem in self.problems))


@dataclass(slots=True)
class Envelope:
    """The parts of a request. `refused` is the ground of a deny that needs no rule."""

    kind: str = ""
    subject_id: str | None = None
    action: str = ""
    resource_type: str = ""
    resource_id: str = ""
    subject: Mapping[str, object] = field(default_factory=dict)
    action_properties: Mapping[str, object] = field(default_factory=dict)
    resource: Mapping[str, object] = field(default_factory=dict)
    context: Mapping[str, object] = field(default_factory=dict)
    refused: str | None = None
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


_PARTS: Final = {
    "subject": ("type", "id", "properties"),
    "action": ("name", "properties"),
    "resource": ("type", "id", "properties"),
}
LONGEST_ID: Final = 1000
_NO_PART: Final[Mapping[str, object]] = MappingProxyType({})
"""Stands for a part that is missing or no object, which has been said already."""


def near(name: str, names: Iterable[str]) -> str:
    """Return help that names what may have been meant, or that lists a few of `names`."""
    known = sorted(names)
    close = difflib.get_close_matches(name, known, n=2, cutoff=0.6) or [
        other for other in known if other.lower() == name.lower()
    ]
    if close:
        return "did you mean " + " or ".join(f"`{other}`" for other in close) + "?"
    return (
        "known: " + ", ".join(f"`{other}`" for other in known[:12]) + (" ..." if len(known) > 12 else "")
        if known
        else ""
    )


def read_envelope(body: object, vocabulary: Vocabulary, *, strict: bool) -> Envelope:
    """Return the envelope of `body` (parsed JSON); what is wrong with it is in `problems`.

    With `strict`, unknown keys, actions and types are problems; without, keys are ignored and listed, and an unknown
    action or type refuses the request with a ground.
    """
    return _EnvelopeReader(vocabulary, strict=strict).read(body)


class _EnvelopeReader:
    """Reads one envelope and gathers what is wrong with it."""

    def __init__(self, vocabulary: Vocabulary, *, strict: bool) -> None:
        self.vocabulary = vocabulary
        self.strict = strict
        self.made = Envelope()

    def read(self, body: object) -> Envelope:
        """Return the envelope that `body` carries."""
        made = self.made
        if not isinstance(body, dict):
            self._problem("", "a request is an object", "send {subject, action, resource, context}")
            return made
        self._names(body, (*_PARTS, "context"), "")
        subject, action, resource = (self._part(body, name) for name in _PARTS)
        made.kind = self._text(subject, "/subject/type")
        made.subject_id = self._text(subject, "/subject/id") if not self.strict or "id" in subject else None
        made.action = self._text(action, "/action/name")
        made.resource_type = self._text(resource, "/resource/type")
        made.resource_id = self._text(resource, "/resource/id")
        made.subject = self._properties(subject, "/subject/properties")
        made.action_properties = self._properties(action, "/action/properties")
        made.resource = self._properties(resource, "/resource/properties")
        made.context = self._object(body.get("context", {}), "/context")
        if not made.problems:
            self._known("/subject/type", made.kind, self.vocabulary.kinds, "unknown-subject-type")
            self._known("/action/name", made.action, self.vocabulary.all_actions(), "unknown-action")
            self._known("/resource/type", made.resource_type, self.vocabulary.resource_types, "unknown-resource-type")
        return made

    def _problem(self, pointer: str, message: str, help_: str = "") -> None:
        self.made.problems.append(Problem(pointer, message, help_))

    def _object(self, value: object, pointer: str) -> Mapping[str, object]:
        if isinstance(value, dict):
            return value
        self._problem(pointer, "this is an object", "send {...}")
        return _NO_PART

    def _part(self, body: Mapping[str, object], name: str) -> Mapping[str, object]:
        if name not in body:
            self._problem(f"/{name}", f"`{name}` is missing", f"send {name}: {{{', '.join(_PARTS[name])}}}")
            return _NO_PART
        part = self._object(body[name], f"/{name}")
        self._names(part, _PARTS[name], f"/{name}")
        return part

    def _names(self, part: Mapping[str, object], known: tuple[str, ...], pointer: str) -> None:
        for name in part:
            if name in known:
                continue
            if self.strict:
                self._problem(f"{pointer}/{escaped(name)}", f"`{shown(name)}` is not a name here", near(name, known))
            else:
                self.made.ignored.append(f"{pointer}/{escaped(name)}")

    def _text(self, part: Mapping[str, object], pointer: str) -> str:
        name = pointer.rsplit("/", 1)[1]
        value = part.get(name)
        if isinstance(value, str) and 0 < len(value) <= LONGEST_ID and value.isprintable():
            return value
        if part is not _NO_PART:
            self._problem(pointer, f"`{name}` is a text of 1 to {LONGEST_ID} printable characters")
        return ""

    def _properties(self, part: Mapping[str, object], pointer: str) -> Mapping[str, object]:
        return self._object(part.get("properties", {}), pointer)

    def _known(self, pointer: str, name: str, names: Iterable[str], ground: str) -> None:
        if name in names:
            return
        if self.strict:
            self._problem(pointer, f"`{shown(name)}` is not in the vocabulary", near(name, names))
        elif self.made.refused is None:
            self.made.refused = ground


def escaped(name: str) -> str:
    """Return `name` as a token of a JSON pointer (RFC 6901, section 3)."""
    return shown(name).replace("~", "~0").replace("/", "~1")


def shown(text: str) -> str:
    """Return a client's text short enough to repeat in a message."""
    return text if len(text) <= 60 else text[:57] + "..."
