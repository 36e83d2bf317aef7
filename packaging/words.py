"""Gather every text that a person reads into resources/i18n: python3 packaging/words.py [--check]

Keeps the translations of texts that are still there, adds the new ones unfinished, leaves out the gone ones. With
--check it changes nothing and fails where a text is not translated, or its holes differ.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "app" / "streamscope"
I18N = ROOT / "resources" / "i18n"
LANGUAGES = ("zh_CN",)
_HOLE = re.compile(r"\{[^{}]*\}")

Key = tuple[str, str]


def texts() -> dict[Key, str]:
    """Every text by context and source; the value is the file that it stands in."""
    found: dict[Key, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        if path.relative_to(SOURCE).parts[0] in ("sandbox", "cli"):
            continue  # the sandbox speaks as a platform does; commands speak English, as scripts read them
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for key in _in(tree, ""):
            found.setdefault(key, path.relative_to(ROOT).as_posix())
    return found


def _in(node: ast.AST, owner: str) -> Iterator[Key]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call) and (key := _key(child, owner)) is not None:
            yield key
        yield from _in(child, child.name if isinstance(child, ast.ClassDef) else owner)


def _key(call: ast.Call, owner: str) -> Key | None:
    words = [one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else None for one in call.args]
    match call.func:
        case ast.Name("phrase") if words and words[0]:
            return "", words[0]
        case ast.Attribute(ast.Name("self"), "tr") if words and words[0]:
            return owner, words[0]
        case ast.Name("tr") if words and words[0]:
            return owner, words[0]
        case ast.Attribute(_, "tr") if words and words[0]:
            return "Window", words[0]
        case ast.Name("translate" | "_translate") | ast.Attribute(_, "translate") if len(words) > 1 and all(words[:2]):
            return words[0], words[1]
    return None


def read(path: Path) -> dict[Key, str]:
    """The finished translations of a file, '' for the unfinished ones."""
    found: dict[Key, str] = {}
    if path.exists():
        for context in ElementTree.parse(path).getroot().iter("context"):  # noqa: S314 - our own file
            name = context.findtext("name") or ""
            for message in context.iter("message"):
                text = message.find("translation")
                done = text is not None and text.text and text.get("type") is None
                found[name, message.findtext("source") or ""] = text.text if done and text is not None else ""
    return found


def write(path: Path, language: str, wanted: dict[Key, str], known: dict[Key, str]) -> None:
    """The file anew, contexts and sources in order, so that it merges well."""
    root = ElementTree.Element("TS", version="2.1", language=language, sourcelanguage="en")
    for name in sorted({context for context, _ in wanted}):
        context = ElementTree.SubElement(root, "context")
        ElementTree.SubElement(context, "name").text = name
        for source in sorted(source for owner, source in wanted if owner == name):
            message = ElementTree.SubElement(context, "message")
            ElementTree.SubElement(message, "source").text = source
            text = ElementTree.SubElement(message, "translation")
            if known.get((name, source)):
                text.text = known[name, source]
            else:
                text.set("type", "unfinished")
    ElementTree.indent(root, " ")
    path.parent.mkdir(parents=True, exist_ok=True)
    head = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
    path.write_text(head + ElementTree.tostring(root, encoding="unicode") + "\n", encoding="utf-8")


def faults(language: str) -> list[str]:
    """What is wrong with a language: texts without a translation, translations with other holes, gone texts."""
    wanted, known = texts(), read(I18N / f"streamscope_{language}.ts")
    lines = [f"{place}: not translated: {key[1]!r}" for key, place in wanted.items() if not known.get(key)]
    lines += [f"gone: {key!r}" for key in known if key not in wanted]
    for key, text in known.items():
        if text and sorted(_HOLE.findall(key[1])) != sorted(_HOLE.findall(text)):
            lines.append(f"{wanted.get(key, '')}: other holes: {key[1]!r} / {text!r}")
    return lines


def main(arguments: list[str]) -> int:
    """Update the files, or with --check say what is wrong."""
    wrong = 0
    for language in LANGUAGES:
        path = I18N / f"streamscope_{language}.ts"
        if "--check" not in arguments:
            write(path, language, texts(), read(path))
        found = faults(language)
        wrong += len(found)
        sys.stdout.write("".join(f"{line}\n" for line in found))
        sys.stdout.write(f"{language}: {len(texts())} texts, {len(found)} to mend\n")
    return 1 if wrong and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
