"""Puts a changed module in the place of the one that is loaded, without loading it again."""

import ast
import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

OURS = ("admin_theme", "apps", "backoffice", "imports")


def put_in_place(tree: ast.Module, module: ModuleType) -> bool:
    """Gives every living function of the module its changed code, and every constant its changed value.

    Returns whether anything became different.
    """
    path = module.__file__ or ""
    new = {code.co_qualname: code for code in codes_in(compile(tree, path, "exec"))}
    changed = False
    for function in [one for one in gc.get_objects() if type(one) is FunctionType]:  # lazy ones stay lazy
        code = function.__code__
        other = new.get(code.co_qualname)
        if code.co_filename == path and other is not None and other != code and other.co_freevars == code.co_freevars:
            function.__code__ = other
            changed = True
    return constants_changed(ast.parse(Path(path).read_text()), tree, module) or changed


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
