"""What is changed about a module, one thing at a time: a condition dropped, turned round, or a refusal left out."""

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

Changes = Iterator[tuple[str, ast.AST]]

NARROWING = frozenset({"filter", "exclude", "Q"})
GUARDS = ("refuse_", "require_", "check_")
OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
}


@dataclass(frozen=True)
class Mutant:
    """One changed module: which function is different, where, and how, for a person."""

    path: str
    line: int
    function: str
    change: str
    tree: ast.Module
    number: int
    """Its place among all of the module."""

    @property
    def is_declared(self) -> bool:
        """Whether it stands outside every function, where it is read while the module is loaded."""
        return not names_function(self.function)

    @property
    def name(self) -> str:
        return f"{self.path}: {self.function}: {self.change}"


@dataclass(frozen=True)
class Place:
    """A node that can be changed, the function it stands in, and whether that function answers yes or no."""

    number: int
    node: ast.AST
    function: str
    is_boolean: bool


def mutants_of(source: str, path: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    tree = ast.parse(source)
    found: list[Mutant] = []
    told = Counter[tuple[str, str]]()
    for place in sorted(places(tree), key=lambda place: getattr(place.node, "lineno", 0)):
        for change, new in changes(place):
            changed = ast.fix_missing_locations(with_node(tree, place.number, new))
            words = f"{change} of `{shortened(place.node)}`"
            told[place.function, words] += 1
            if (times := told[place.function, words]) > 1:
                words = f"{words}, the {times}."
            line = getattr(place.node, "lineno", 0)
            found.append(Mutant(path, line, place.function, words, changed, len(found)))
    return found


def places(tree: ast.Module) -> Iterator[Place]:
    """The nodes of a module outside types, decorators and sentences, numbered as `ast.walk` passes them."""
    numbers = {id(node): number for number, node in enumerate(ast.walk(tree))}

    def below(node: ast.AST, function: str, *, is_boolean: bool) -> Iterator[Place]:
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "bases"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr) or is_for_types(child):
                    continue
                inner, answers = function, is_boolean
                if isinstance(child, ast.FunctionDef | ast.ClassDef):
                    inner = f"{function}.{child.name}" if function else child.name
                if isinstance(child, ast.FunctionDef):
                    answers = isinstance(child.returns, ast.Name) and child.returns.id == "bool"
                yield Place(numbers[id(child)], child, inner, answers)
                yield from below(child, inner, is_boolean=answers)

    yield from below(tree, "", is_boolean=False)


def is_for_types(node: ast.AST) -> bool:
    """Whether a statement says nothing while the program runs: the name of a type, or what only a checker reads."""
    about = getattr(node, "annotation", None) if isinstance(node, ast.AnnAssign) else getattr(node, "test", None)
    return isinstance(about, ast.Name) and about.id in ("TypeAlias", "TYPE_CHECKING")


def changes(place: Place) -> Changes:
    """What can be changed about a node: the words for it and the new node."""
    node = place.node
    if isinstance(node, ast.Return) and place.is_boolean:
        yield from other_answers(node)
    elif isinstance(node, ast.Dict) and not names_function(place.function):
        yield from fewer_keys(node)
    elif type(node) in OPERATORS:
        yield from OPERATORS[type(node)](node)


def names_function(path: str) -> bool:
    """Whether `Class.method` ends in a function; constants of modules and classes belong to none."""
    name = path.rpartition(".")[2]
    return bool(name) and not name[0].isupper()


def operands_left_out(node: ast.BoolOp) -> Changes:
    for number, value in enumerate(node.values):
        kept = [*node.values[:number], *node.values[number + 1 :]]
        yield f"without `{shortened(value)}`", kept[0] if len(kept) == 1 else ast.BoolOp(node.op, kept)


def one_side(node: ast.BinOp) -> Changes:
    if isinstance(node.op, ast.BitOr | ast.BitAnd):
        yield "only the left side", node.left
        yield "only the right side", node.right


def always_and_never(node: ast.If | ast.IfExp) -> Changes:
    for value in (True, False):
        changed = copy.copy(node)
        changed.test = ast.Constant(value)
        yield f"if {value}", changed


def opposite(node: ast.Compare) -> Changes:
    if len(node.ops) == 1 and type(node.ops[0]) in OPPOSITES:
        yield "the opposite", ast.Compare(node.left, [OPPOSITES[type(node.ops[0])]()], node.comparators)


def without_not(node: ast.UnaryOp) -> Changes:
    if isinstance(node.op, ast.Not):
        yield "without not", node.operand


def unconditional(node: ast.comprehension) -> Changes:
    if node.ifs:
        yield "without its condition", ast.comprehension(node.target, node.iter, [], node.is_async)


def left_out(node: ast.Raise) -> Changes:
    yield "left out", ast.Pass()


def guard_left_out(node: ast.Expr) -> Changes:
    if isinstance(node.value, ast.Call) and called(node.value).startswith(GUARDS):
        yield "left out", ast.Pass()


def other_answers(node: ast.Return) -> Changes:
    now = node.value.value if isinstance(node.value, ast.Constant) else None
    for answer in (True, False):
        if answer is not now:
            yield f"return {answer}", ast.Return(ast.Constant(answer))


def narrower(node: ast.Call) -> Changes:
    """A filter, exclude or Q with one condition less."""
    if called(node) not in NARROWING:
        return
    conditions: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
    for condition in conditions:
        args = [one for one in node.args if one is not condition]
        keywords = [one for one in node.keywords if one is not condition]
        if args or keywords:
            yield f"without `{shortened(condition)}`", ast.Call(node.func, args, keywords)
        elif isinstance(node.func, ast.Attribute):
            unfiltered = ast.Attribute(node.func.value, "all", ast.Load())
            yield f"without `{shortened(condition)}`", ast.Call(unfiltered, [], [])


def fewer(node: ast.Set | ast.Tuple) -> Changes:
    is_read = isinstance(node, ast.Set) or isinstance(node.ctx, ast.Load)
    if not is_read or not all(isinstance(part, ast.Constant | ast.Name) for part in node.elts):
        return
    for number, part in enumerate(node.elts):
        kept = [*node.elts[:number], *node.elts[number + 1 :]]
        if isinstance(node, ast.Tuple):
            yield f"without `{shortened(part)}`", ast.Tuple(kept, ast.Load())
        elif kept:
            yield f"without `{shortened(part)}`", ast.Set(kept)


def fewer_keys(node: ast.Dict) -> Changes:
    for number, key in enumerate(node.keys):
        if key is not None:
            keys = [*node.keys[:number], *node.keys[number + 1 :]]
            values = [*node.values[:number], *node.values[number + 1 :]]
            yield f"without the key `{shortened(key)}`", ast.Dict(keys, values)


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


OPERATORS: dict[type[ast.AST], Callable[[Any], Changes]] = {
    ast.BoolOp: operands_left_out,
    ast.BinOp: one_side,
    ast.If: always_and_never,
    ast.IfExp: always_and_never,
    ast.Compare: opposite,
    ast.UnaryOp: without_not,
    ast.comprehension: unconditional,
    ast.Raise: left_out,
    ast.Expr: guard_left_out,
    ast.Call: narrower,
    ast.Set: fewer,
    ast.Tuple: fewer,
}


def with_node(tree: ast.Module, number: int, new: ast.AST) -> ast.Module:
    """A copy of the module in which the node with this number is another one."""
    changed = copy.deepcopy(tree)
    old = next(node for position, node in enumerate(ast.walk(changed)) if position == number)

    class Exchange(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return copy.deepcopy(new) if node is old else self.generic_visit(node)

    return cast(ast.Module, Exchange().visit(changed))


def shortened(node: ast.AST) -> str:
    words = " ".join(ast.unparse(node).split())
    return words if len(words) <= 70 else f"{words[:67]}..."
