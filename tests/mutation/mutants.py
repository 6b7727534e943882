"""Every mutant of a module: its source with one small mistake in it.

Most mistakes are mutmut's (another operator, a number more, an argument less, a string changed, a case left out).
mutmut itself leaves alone what its way of running cannot reach, properties and everything outside functions, and
has no operator for four mistakes that matter where side effects and tables do: a statement left out, a condition
or an operand of one turned round, one element less in a table. docs/decisions/mutation-testing.md has the reasons.
"""

import ast
import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from tests.mutation.targets import Target


@dataclass(frozen=True)
class Mutant:
    """One mistake: `was` and `became` are the lines that differ, `where` is the function around them.

    The same change can be made in several places of a function: `nth` counts them. `where` is empty for what is
    evaluated on import: tables, constants, defaults of fields and of arguments.
    """

    target: Target
    where: str
    was: str
    became: str
    nth: int
    first_line: int
    last_line: int
    start: int
    end: int
    replacement: bytes

    @property
    def runs_on_import(self) -> bool:
        return not self.where or self.where in self.target.on_import

    def source(self) -> str:
        """The module with the mistake in it."""
        return _spliced(self.target.file.read_bytes(), self.start, self.end, self.replacement).decode()


def mutants_of(target: Target) -> list[Mutant]:
    """All mutants of a module that are valid and mean something else than it."""
    source = target.file.read_bytes()
    visitor = _Visitor(target, source)
    MetadataWrapper(cst.parse_module(source)).visit(visitor)
    original = ast.dump(ast.parse(source))
    return [mutant for mutant in visitor.found if _is_another_program(mutant, original)]


def _is_another_program(mutant: Mutant, original: str) -> bool:
    try:
        return ast.dump(ast.parse(mutant.source())) != original
    except SyntaxError:
        return False


def _spliced(source: bytes, start: int, end: int, replacement: bytes) -> bytes:
    return source[:start] + replacement + source[end:]


# Operators that mutmut lacks: what is replaced, and by what ------------------------------------------------

type Replacements = Iterator[tuple[cst.CSTNode, cst.CSTNode]]


def _left_out(node: cst.Expr | cst.Raise | cst.Return) -> Replacements:
    """A side effect that does not happen, a refusal that is none, a guard that lets everything through."""
    is_call = isinstance(node, cst.Expr) and isinstance(node.value, cst.Call)
    is_guard = isinstance(node, cst.Return) and node.value is None
    if is_call or is_guard or isinstance(node, cst.Raise):
        yield node, cst.Pass()


def _turned_round(condition: cst.BaseExpression | None) -> Replacements:
    """The opposite of a name, an attribute or a call; comparisons and `not` are mutmut's."""
    if isinstance(condition, cst.Name | cst.Attribute | cst.Call):
        yield (
            condition,
            cst.UnaryOperation(cst.Not(), condition, lpar=[cst.LeftParen()], rpar=[cst.RightParen()]),
        )


def _condition(node: cst.If | cst.CompIf | cst.While) -> Replacements:
    yield from _turned_round(node.test)


def _operands(node: cst.BooleanOperation) -> Replacements:
    yield from _turned_round(node.left)
    yield from _turned_round(node.right)


def _one_less(node: cst.Set | cst.Tuple | cst.List | cst.Dict) -> Replacements:
    """Every element of a table is there for a reason. A set of one stays: an empty one would be a mapping."""
    elements: Sequence[Any] = node.elements
    if isinstance(node, cst.Set) and len(elements) == 1:
        return
    for left_out in range(len(elements)):
        yield node, node.with_changes(elements=[*elements[:left_out], *elements[left_out + 1 :]])


OWN_OPERATORS: Final[Sequence[tuple[Any, Callable[[Any], Replacements]]]] = (
    (cst.Expr | cst.Raise | cst.Return, _left_out),
    (cst.If | cst.CompIf | cst.While, _condition),
    (cst.BooleanOperation, _operands),
    (cst.Set | cst.Tuple | cst.List | cst.Dict, _one_less),
)


def _replacements(node: cst.CSTNode) -> Replacements:
    for kind, mutated in mutation_operators:
        if isinstance(node, kind):
            yield from ((node, each) for each in mutated(node))
    for kinds, replaced in OWN_OPERATORS:
        if isinstance(node, kinds):
            yield from replaced(node)


# Walking a module -----------------------------------------------------------------------------------------

NOT_CODE: Final = (
    cst.Annotation,
    cst.Decorator,
    cst.TypeParameters,
    cst.Import,
    cst.ImportFrom,
    cst.TypeAlias,
)


class _Visitor(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider, ByteSpanPositionProvider)

    def __init__(self, target: Target, source: bytes) -> None:
        super().__init__()
        self.found: list[Mutant] = []
        self._target = target
        self._source = source
        self._lines = source.decode().splitlines()
        self._names: list[str] = []
        self._functions: list[str] = []
        self._defaults: set[cst.CSTNode] = set()
        self._in_defaults = False
        self._made: Counter[tuple[str, str, str]] = Counter()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, NOT_CODE):
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._names.append(node.name.value)
        if isinstance(node, cst.FunctionDef):
            self._functions.append(".".join(self._names))
            self._defaults.add(node.params)
        if node in self._defaults:
            self._in_defaults = True
        where = self._functions[0] if self._functions and not self._in_defaults else ""
        if not self._target.only or where in self._target.only:
            for replaced, by in _replacements(node):
                self.found.append(self._mutant(where, replaced, by))
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._names.pop()
        if isinstance(original_node, cst.FunctionDef):
            self._functions.pop()
        if original_node in self._defaults:
            self._in_defaults = False

    def _mutant(self, where: str, replaced: cst.CSTNode, by: cst.CSTNode) -> Mutant:
        lines = self.get_metadata(PositionProvider, replaced)
        span = self.get_metadata(ByteSpanPositionProvider, replaced)
        indent = " " * (
            len(self._lines[lines.start.line - 1]) - len(self._lines[lines.start.line - 1].lstrip())
        )
        code = cst.Module([]).code_for_node(by)
        if isinstance(by, cst.BaseCompoundStatement):
            code = code.rstrip("\n").replace("\n", f"\n{indent}")
        start, end = span.start, span.start + span.length
        after = _spliced(self._source, start, end, code.encode()).decode().splitlines()
        change = (where, *_difference(self._lines, after))
        self._made[change] += 1
        return Mutant(
            self._target,
            *change,
            self._made[change],
            lines.start.line,
            lines.end.line,
            start,
            end,
            code.encode(),
        )


def _difference(before: Iterable[str], after: Iterable[str]) -> tuple[str, str]:
    """The lines that differ, each side as one line with single spaces; the indentation is not looked at."""
    one, other = [line.strip() for line in before], [line.strip() for line in after]
    changed = list(difflib.unified_diff(one, other, n=0, lineterm=""))[2:]
    was = " ".join(line[1:] for line in changed if line.startswith("-"))
    became = " ".join(line[1:] for line in changed if line.startswith("+"))
    return " ".join(was.split()), " ".join(became.split())
