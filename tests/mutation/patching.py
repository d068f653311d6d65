"""Puts a changed module in the place of the one that is loaded, without loading it again."""

import ast
import copy
import gc
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from apps.records.prepared import Prepared

OURS = ("admin_theme", "apps", "backoffice", "imports")


def living_functions() -> list[FunctionType]:
    return [one for one in gc.get_objects() if type(one) is FunctionType]  # lazy ones stay lazy


def put_in_place(tree: ast.Module, module: ModuleType, living: Iterable[FunctionType]) -> bool:
    """Gives every living function of the module its changed code, and every constant its changed value.

    Returns whether anything became different.
    """
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
    return constants_changed(before, tree, module) or changed


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


def constants_changed(before: ast.Module, after: ast.Module, module: ModuleType) -> bool:
    """Sets anew what the module and its classes assign otherwise than before."""
    changed = exchanged(before.body, after.body, module, vars(module))
    for old, new in zip(before.body, after.body, strict=True):
        if isinstance(old, ast.ClassDef) and isinstance(new, ast.ClassDef):
            owner = getattr(module, old.name)
            changed = exchanged(old.body, new.body, owner, {**vars(module), **vars(owner)}) or changed
    return changed


def exchanged(before: list[ast.stmt], after: list[ast.stmt], owner: Any, names: dict[str, Any]) -> bool:
    was = {name: ast.dump(value) for name, value in assignments(before)}
    changed = False
    for name, value in assignments(after):
        if was[name] == ast.dump(value):
            continue
        old = vars(owner)[name]
        new = eval(compile(ast.Expression(value), "<changed>", "eval"), dict(names))  # noqa: S307 - our own source
        changed = True
        if isinstance(old, dict):
            old.clear()
            old.update(new)
        else:
            everywhere(old, new)
    return changed


def assignments(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value


def everywhere(old: Any, new: Any) -> None:
    """Other modules and classes hold the same constant under names of their own."""
    for module in [one for name, one in sys.modules.items() if name.split(".")[0] in OURS]:
        for owner in (module, *(one for one in vars(module).values() if isinstance(one, type))):
            for name, value in list(vars(owner).items()):
                if value is old:
                    setattr(owner, name, new)
