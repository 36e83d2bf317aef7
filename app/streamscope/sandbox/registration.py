"""What is checked before a model package is taken in, so that a deployment does not fail on a slip of the pen."""

import ast
import os
import re
import shutil
import warnings
from pathlib import Path

import msgspec

from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase
from streamscope.sandbox.packages import HEALTH, Package

# As services are named on the platform: letters, Chinese, digits, - and _ (API reference, "Deploying services").
NAME = re.compile(r"[A-Za-z0-9_\-\u3400-\u4dbf\u4e00-\u9fff]{1,64}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")
_LONGEST_WAIT = 7200.0


def checked(package: Package) -> Package:
    """The same with absolute paths and the program found. Raises UsageError with what to do."""
    if not NAME.fullmatch(package.name):
        raise UsageError(
            phrase("'{name}' cannot be a package's name.", name=package.name),
            phrase("Use 1 to 64 letters (also Chinese ones), digits, - and _."),
        )
    try:
        msgspec.json.encode(package)
    except UnicodeEncodeError as error:
        raise UsageError(
            phrase("What is given is not text throughout."), phrase("Use names and paths that are UTF-8.")
        ) from error
    if not 0 < package.seconds <= _LONGEST_WAIT:
        raise UsageError(phrase("A package has up to {most} seconds to be ready.", most=f"{_LONGEST_WAIT:g}"))
    if package.health and not package.health.startswith("/"):
        raise UsageError(
            phrase("The health path '{path}' does not begin with /.", path=package.health),
            phrase("Write it as in a URL, for example /health."),
        )
    for name, value in package.environment.items():
        if not _VARIABLE.fullmatch(name) or "\0" in value:
            raise UsageError(
                phrase("'{name}' cannot be an environment variable.", name=name),
                phrase("Its name has letters, digits and _, and begins with no digit."),
            )
    if "PORT" in package.environment:
        raise UsageError(
            phrase("PORT is chosen by the sandbox."), phrase("Let the program listen on the port that PORT says.")
        )
    apis = [_api(line) for line in package.apis]
    found = _command(package) if package.kind == "command" else _python(package)
    return msgspec.structs.replace(found, apis=apis)


def _api(line: str) -> str:
    method, _, path = line.strip().partition(" ")
    path = path.strip()
    if method.upper() not in _METHODS or not path.startswith("/") or " " in path:
        raise UsageError(
            phrase("'{line}' is no path that a package answers.", line=line), phrase('Write it as "POST /path".')
        )
    return f"{method.upper()} {path}"


def _folder(package: Package, default: Path) -> Path:
    folder = Path(package.folder).expanduser().absolute() if package.folder else default
    if not folder.is_dir():
        raise UsageError(
            phrase("There is no folder {path}.", path=folder), phrase("Name the folder that the program starts in.")
        )
    return folder


def _command(package: Package) -> Package:
    if not package.command or not package.command[0]:
        raise UsageError(
            phrase("No program is named."), phrase("Write the program and its arguments, with $PORT for the port.")
        )
    if any("\0" in word for word in package.command):
        raise UsageError(phrase("A program's arguments have no NUL in them."))
    folder = _folder(package, Path.cwd())
    program, *rest = package.command
    return msgspec.structs.replace(
        package, command=[_program(program, folder, package.environment.get("PATH")), *rest], folder=str(folder)
    )


def _program(name: str, folder: Path, path: str | None) -> str:
    """Where a program is: seen from its folder where it is a path, else where a shell would find it.

    Symbolic links stay as they are: a virtual environment's interpreter is told by the way it is called.
    """
    if os.path.dirname(name):  # noqa: PTH120 - whether it is a path at all
        place = folder / Path(name).expanduser()
        found = shutil.which(str(place))
        if found is None and place.is_file():
            raise UsageError(
                phrase("{path} is not executable.", path=place),
                phrase("Make it so (chmod +x), or name the program that runs it first: python {path}.", path=name),
            )
        if found is None:
            raise UsageError(
                phrase("There is no program {path}.", path=place),
                phrase("Name it by its whole path, or as a path seen from its folder."),
            )
        return str(Path(found).absolute())
    found = shutil.which(name, path=path)
    if found is None:
        raise UsageError(
            phrase("There is no program '{name}' on this machine's PATH.", name=name),
            phrase("Install it, or name it by its whole path."),
        )
    return str(Path(found).absolute())


def _python(package: Package) -> Package:
    if not package.file:
        raise UsageError(phrase("No file is named."), phrase("Name a Python file with a function predict(inputs)."))
    file = Path(package.file).expanduser().absolute()
    try:
        source = file.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            phrase("The file {path} cannot be read: {reason}.", path=file, reason=reason),
            phrase("Name a Python file with a function predict(inputs)."),
        ) from error
    check_source(source, file)
    folder = _folder(package, file.parent)
    return msgspec.structs.replace(
        package, file=str(file), folder=str(folder), health=package.health or HEALTH, command=[]
    )


def check_source(source: bytes, file: Path) -> None:
    """See that a Python file can have a `predict`, as far as reading it tells; it does not run. Raises UsageError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source, str(file))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        reason = getattr(error, "msg", None) or str(error)
        raise UsageError(
            phrase("Line {line} of {path} is no Python: {reason}.", line=line, path=file, reason=reason)
        ) from error
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    named = [node for node in functions if node.name == "predict" and not node.decorator_list]
    if len(named) > 1:
        lines = ", ".join(str(node.lineno) for node in named)
        raise UsageError(
            phrase("{path} has more than one predict, on lines {lines}.", path=file, lines=lines),
            phrase("Keep one: the last would hide the others."),
        )
    if not _may_bind(tree, "predict"):
        there = ", ".join(node.name for node in functions if not node.name.startswith("_"))
        raise UsageError(
            phrase("There is no function predict in {path}.", path=file),
            phrase("It has: {names}. Call the one that is meant predict.", names=there)
            if there
            else phrase("Write: def predict(inputs): ..."),
        )


def _may_bind(scope: ast.AST, name: str) -> bool:
    """Whether a module's own level gives this name to anything; functions and classes have levels of their own."""
    for node in ast.iter_child_nodes(scope):
        match node:
            case ast.FunctionDef(name=own) | ast.AsyncFunctionDef(name=own) | ast.ClassDef(name=own):
                found = own == name
            case ast.Name(id=own, ctx=ast.Store()):
                found = own == name
            case ast.alias():
                found = node.name == "*" or (node.asname or node.name) == name
            case ast.Lambda():
                found = False
            case _:
                found = _may_bind(node, name)
        if found:
            return True
    return False
