"""Puts the changed functions of a module in the place of those that are loaded, without loading it again."""

import ast
import copy
import gc
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from apps.records.prepared import Prepared


def living_functions() -> list[FunctionType]:
    """Every function there is, those that were frozen for the sake of speed among them."""
    gc.unfreeze()
    return [one for one in gc.get_objects() if type(one) is FunctionType]  # lazy ones stay lazy


def put_in_place(tree: ast.Module, module: ModuleType, living: Iterable[FunctionType]) -> bool:
    """Gives every living function of the module its changed code. Returns whether anything became different."""
    path = module.__file__ or ""
    before = ast.parse(Path(path).read_text())
    new = {code.co_qualname: code for code in codes_in(compile(as_closed(tree, before, path), path, "exec"))}
    changed = False
    for function in living:
        code = function.__code__
        other = new.get(code.co_qualname)
        if code.co_filename == path and other is not None and other != code and other.co_freevars == code.co_freevars:
            function.__code__ = other
            changed = True
    for query in Prepared.all:
        query.made.clear()  # it holds what the functions said before
    return changed


def as_closed(tree: ast.Module, before: ast.Module, path: str) -> ast.Module:
    """The changed module, whose functions name every outer variable they named before: living ones hold its cells."""
    had, has = outer_names(before, path), outer_names(tree, path)
    tree = copy.deepcopy(tree)
    for node in [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]:
        place = node.name, min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        if lost := had.get(place, set()) - has.get(place, set()):
            node.body.insert(0, ast.parse(f"if False: {', '.join(lost)}").body[0])
    return ast.fix_missing_locations(tree)


def outer_names(tree: ast.Module, path: str) -> dict[tuple[str, int], set[str]]:
    """The variables from outside each function uses, `__class__` of `super()` among them, by its name and line."""
    codes = codes_in(compile(tree, path, "exec"))
    return {(code.co_name, code.co_firstlineno): set(code.co_freevars) for code in codes}


def codes_in(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from codes_in(constant)
