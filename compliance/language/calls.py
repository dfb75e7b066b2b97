"""The rules of types for functions: checked arguments -> a checked expression, or a complaint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from compliance.language import literals
from compliance.language.expression import Call, Const, Converted, Expression, ParameterRef, Within
from compliance.language.findings import Checked, Findings, meant
from compliance.language.literals import BadLiteral
from compliance.language.operators import Operators
from compliance.language.patterns import UnsafePattern, check_pattern
from compliance.language.scope import Scope
from compliance.language.signatures import as_decimal, called, element_of, is_text, type_of
from compliance.language.span import Span
from compliance.language.syntax import COMPREHENSIONS
from compliance.language.syntax import Call as CallNode
from compliance.language.syntax import Method as MethodNode
from compliance.language.unparser import unparse
from compliance.vocabulary.suggestions import HOW_TO_NAME_A_PLACE
from compliance.vocabulary.types import (
    BOOL,
    DATE,
    DECIMAL,
    DURATION,
    INT,
    TIMESTAMP,
    DecimalType,
    FactType,
    IntType,
    MoneyType,
    StringType,
    TerritoryType,
    TimestampType,
)

FUNCTIONS: Final = ("has", "size", "parameter", "timestamp", "date", "duration", "decimal")
METHODS: Final = ("size", "startsWith", "endsWith", "contains", "matches", "within", "to", *sorted(COMPREHENSIONS))
_FOREIGN: Final = {
    "int": "compare a decimal as it is",
    "uint": "there are no unsigned numbers",
    "double": "a number with a point is an exact decimal",
    "string": "compare the value as it is",
    "bool": "a condition is a `bool` already",
    "bytes": "there are no bytes",
    "type": "types are known from the vocabulary",
    "dyn": "types are known from the vocabulary",
    "getFullYear": "compare with a day or an instant written out",
    "getMonth": "compare with a day or an instant written out",
    "getDate": "compare with a day or an instant written out",
    "getDayOfMonth": "compare with a day or an instant written out",
    "getDayOfWeek": "compare with a day or an instant written out",
    "getDayOfYear": "compare with a day or an instant written out",
    "getHours": 'compare lengths of time: `a - b > duration("24h")`',
    "getMinutes": 'compare lengths of time: `a - b > duration("24h")`',
    "getSeconds": 'compare lengths of time: `a - b > duration("24h")`',
    "getMilliseconds": 'compare lengths of time: `a - b > duration("24h")`',
    "lowerAscii": "compare the text as it is",
    "upperAscii": "compare the text as it is",
    "matchesAny": "use `matches` with `a|b`",
    "orValue": "write `has(x.y) && x.y ...`",
    "optional": "write `has(x.y) && x.y ...`",
}
_USUAL: Final = {
    "any": "exists",
    "some": "exists",
    "every": "all",
    "one": "exists_one",
    "existsone": "exists_one",
    "len": "size",
    "length": "size",
    "count": "size",
    "includes": "contains",
    "like": "matches",
    "regex": "matches",
    "inside": "within",
    "isin": "within",
    "param": "parameter",
    "exists": "has",
    "defined": "has",
    "convert": "to",
}
"""What other languages call our functions."""
_USAGE: Final = {
    "has": "has(subject.x)",
    "size": "size(x)",
    "parameter": 'parameter("name")',
    "timestamp": 'timestamp("2026-01-31T00:00:00Z")',
    "date": 'date("2026-01-31")',
    "duration": 'duration("24h")',
    "decimal": 'decimal("0.5")',
    "within": 'x.within("EEA")',
    "to": 'x.to("EUR")',
    "startsWith": 'x.startsWith("...")',
    "endsWith": 'x.endsWith("...")',
    "contains": 'x.contains("...")',
    "matches": "x.matches('^[A-Z]{2}$')",
}
_READ: Final[dict[str, tuple[Callable[[str], datetime | date | timedelta | Decimal], FactType]]] = {
    "timestamp": (literals.timestamp_of, TIMESTAMP),
    "date": (literals.date_of, DATE),
    "duration": (literals.duration_of, DURATION),
    "decimal": (literals.decimal_of, DECIMAL),
}


class Calls:
    """Types functions and methods; complaints go to `findings`."""

    def __init__(self, scope: Scope, findings: Findings, operators: Operators) -> None:
        """Take what names can mean, where complaints go, and what knows currencies."""
        self.scope = scope
        self.findings = findings
        self.operators = operators

    def function(self, node: CallNode, arguments: Sequence[Checked]) -> Expression | None:
        """Return `name(arguments)`, or `None` after a complaint; `has` is not among them."""
        name = node.function
        if name not in FUNCTIONS:
            self.unknown(name, node.name_span, FUNCTIONS, METHODS)
            return None
        if not self.counted(node, arguments, 1):
            return None
        argument = arguments[0]
        if name == "size":
            return self._size(argument)
        if name == "parameter":
            return self._parameter(argument)
        return self._converted(name, argument)

    def method(self, node: MethodNode, target: Checked, arguments: Sequence[Checked]) -> Expression | None:
        """Return `target.name(arguments)`, or `None` after a complaint; comprehensions are not among them."""
        name = node.function
        if name not in METHODS:
            self.unknown(name, node.name_span, METHODS, FUNCTIONS)
            return None
        if not self.counted(node, arguments, 0 if name == "size" else 1):
            return None
        match name:
            case "size":
                return self._size(target)
            case "within":
                return self._within(target, arguments[0])
            case "to":
                return self._to(target, arguments[0])
            case _:
                return self._text_method(node, target, arguments[0])

    def unknown(self, name: str, span: Span, options: Sequence[str], others: Sequence[str]) -> None:
        """Say that there is no such function, or that CEL's is not here, or that it is called the other way."""
        if name in _FOREIGN:
            message = f"`{name}` of CEL is not in this language"
            self.findings.error("not-in-this-language", message, span, help=_FOREIGN[name])
            return
        if name in others:
            cure = f"write `x.{name}(...)`" if name in METHODS else f"write `{name}(x)`"
            self.findings.error("unknown-function", f"`{name}` is not called like this", span, help=cure)
            return
        usual = _USUAL.get(name.lower().replace("_", ""))
        cure = f"did you mean `{usual}`" if usual else meant(name, options)
        self.findings.error("unknown-function", f"there is no function `{name}`", span, help=cure)

    def counted(self, node: CallNode | MethodNode, arguments: Sequence[object], wanted: int) -> bool:
        """Complain unless there are as many arguments as the function takes."""
        if len(arguments) == wanted:
            return True
        takes = "no argument" if wanted == 0 else "one argument" if wanted == 1 else f"{wanted} arguments"
        message = f"`{node.function}` takes {takes}, and here are {len(arguments) or 'none'}"
        usage = _USAGE.get(node.function, f"x.{node.function}(e, ...)")
        self.findings.error("wrong-arguments", message, node.span, help=f"write `{usage}`")
        return False

    def _literal(self, part: Checked, what: str, example: str) -> str | None:
        """Return the text of a literal, or `None` after a complaint."""
        if isinstance(part.expression, Const) and isinstance(part.expression.value, str):
            return part.expression.value
        message = f"{what} is not a literal text"
        self.findings.error("not-a-literal", message, part.span, help=f"write it out: `{example}`")
        return None

    def _wrong_type(self, part: Checked, function: str, wanted: str) -> None:
        message = f"`{function}` is about {wanted}, and {part} is {called(type_of(part.expression))}"
        self.findings.error("type-mismatch", message, part.span)

    def _size(self, target: Checked) -> Expression | None:
        typed = type_of(target.expression)
        if isinstance(typed, StringType) or element_of(typed) is not None:
            return Call("size", (target.expression,), INT)
        message = f"{target} is {called(typed)}, not a list, set or text"
        self.findings.error("not-a-collection", message, target.span)
        return None

    def _parameter(self, argument: Checked) -> Expression | None:
        name = self._literal(argument, "the name of a parameter", 'parameter("name")')
        if name is None:
            return None
        found = self.scope.parameter(name)
        if found is not None:
            return ParameterRef(name, found[1], found[0])
        known = list(self.scope.parameter_names)
        if name not in known:
            cure = meant(name, known) or "state it with `parameter:`"
            self.findings.error("unknown-parameter", f"there is no parameter `{name}`", argument.span, help=cure)
        return None

    def _converted(self, name: str, argument: Checked) -> Expression | None:
        """Return `timestamp`, `date`, `duration` or `decimal`: of a literal the value itself."""
        read, typed = _READ[name]
        expression, given = argument.expression, type_of(argument.expression)
        if name == "decimal" and isinstance(given, IntType):
            return as_decimal(expression)
        if name == "decimal" and isinstance(given, DecimalType):
            return expression
        if name == "date" and isinstance(given, TimestampType):
            if isinstance(expression, Const) and isinstance(expression.value, datetime):
                return Const(expression.value.date(), DATE)
            return Call("date", (expression,), DATE)
        if not isinstance(given, StringType):
            wanted = {"decimal": "an `int` or a literal text", "date": "an instant or a literal text"}
            self._wrong_type(argument, name, wanted.get(name, "a literal text"))
            return None
        text = self._literal(argument, f"what `{name}` reads", f'{name}("...")')
        if text is None:
            return None
        try:
            return Const(read(text), typed)
        except BadLiteral as bad:
            self.findings.error("malformed-literal", bad.message, argument.span, help=bad.help)
            return None

    def _within(self, target: Checked, place: Checked) -> Expression | None:
        typed = type_of(target.expression)
        if not isinstance(typed, TerritoryType):
            element = element_of(typed)
            if isinstance(element, TerritoryType):
                name = unparse(target.node)
                cure = f"write `{name}.exists(t, t.within({unparse(place.node)}))`, or `all`"
                message = f"{target} is a set of territories: say whether one or all of them count"
                self.findings.error("type-mismatch", message, target.span, help=cure)
            else:
                self._wrong_type(target, "within", "a territory")
            return None
        if isinstance(type_of(place.expression), TerritoryType):
            return Within(target.expression, place.expression)
        name_or_none = self._literal(place, "the place", 'within("EEA")')
        if name_or_none is None:
            return None
        if not self.scope.is_place(name_or_none):
            cure = meant(name_or_none, self.scope.place_suggestions) or HOW_TO_NAME_A_PLACE
            message = f"`{name_or_none}` is neither a territory nor a group"
            self.findings.error("unknown-place", message, place.span, help=cure)
            return None
        return Within(target.expression, name_or_none)

    def _to(self, target: Checked, currency: Checked) -> Expression | None:
        if not isinstance(type_of(target.expression), MoneyType):
            self._wrong_type(target, "to", "money")
            return None
        code = self.operators.currency(currency)
        return None if code is None else Converted(target.expression, code, MoneyType(code))

    def _text_method(self, node: MethodNode, target: Checked, argument: Checked) -> Expression | None:
        typed = type_of(target.expression)
        if not is_text(typed):
            if node.function == "contains" and element_of(typed) is not None:
                item, whole = unparse(argument.node), unparse(target.node)
                message = f"{target} is {called(typed)}, not a text"
                self.findings.error("type-mismatch", message, target.span, help=f"write `{item} in {whole}`")
            else:
                self._wrong_type(target, node.function, "a text")
            return None
        if not is_text(type_of(argument.expression)):
            self._wrong_type(argument, node.function, "a text")
            return None
        if node.function == "matches" and not self._is_safe(argument):
            return None
        return Call(node.function, (target.expression, argument.expression), BOOL)

    def _is_safe(self, argument: Checked) -> bool:
        pattern = self._literal(argument, "the pattern", "x.matches('^[A-Z]{2}$')")
        if pattern is None:
            return False
        try:
            check_pattern(pattern)
        except UnsafePattern as unsafe:
            message = f"in the pattern, {unsafe.message}"
            self.findings.error("unsafe-pattern", message, argument.span, help=unsafe.help)
            return False
        return True
