"""Every text that a person reads is there in Simplified Chinese: complete, with the same holes, translated."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
LANGUAGE = "zh_CN"

HOLE = re.compile(r"\{[^{}]*\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LETTERS = re.compile(r"[A-Za-z]{2}")

PROPER = {
    *("Amazon Bedrock Converse", "Anthropic messages", "Cohere chat", "Gemini Live", "Gemini generated content"),
    *("Gemini interactions", "Mistral conversations", "Model Context Protocol", "Ollama", "OpenAI Realtime"),
    *("OpenAI Responses", "OpenAI chat completions", "OpenAI completions", "SGLang generate"),
    *("Text Generation Inference", "llama.cpp completion", "ModelArts", "Streamscope", "Streamscope {version}"),
    *("HTTP/2", "HTTPS", "Server-Sent Events", "WebSocket", "TLS", "URL", "VPC", "JSON", "Markdown", "base64", "Ping"),
    *("AppKey", "AppSecret", "Basic", "Token", "TTFT {time}"),
    *("CPU", "GPU", "HTTP", "MFA", "arm64"),
    *("cn-east-4", "cn-north-11", "cn-north-12", "cn-southwest-3"),
    *("Ctrl+Return", "Ctrl+L", "Ctrl+M", "Esc", "Return"),
    *("t(cm) − t0", "n ÷ (t(cm) − t0)"),
}
"""What is called the same in Chinese: names of products, standards, formats, regions and keys, and formulas."""

MEND = "run `python3 packaging/words.py` and fill in what is unfinished in resources/i18n/streamscope_zh_CN.ts"


@pytest.fixture(scope="module")
def words() -> ModuleType:
    """packaging/words.py, which gathers the texts."""
    spec = importlib.util.spec_from_file_location("words", ROOT / "packaging" / "words.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def known(words: ModuleType) -> dict[tuple[str, str], str]:
    """The finished translations by context and source."""
    found = words.read(words.I18N / f"streamscope_{LANGUAGE}.ts")
    return {key: text for key, text in found.items() if text}


def test_every_text_is_translated(words: ModuleType) -> None:
    """A new text makes this red until it has its translation."""
    faults = words.faults(LANGUAGE)
    assert not faults, "\n".join([f"To mend: {MEND}:", *faults])


def test_no_translation_is_the_english_text(known: dict[tuple[str, str], str]) -> None:
    same = [source for (_, source), text in known.items() if text == source and LETTERS.search(HOLE.sub("", source))]
    assert not set(same) - PROPER, f"translate these, or add them to PROPER: {sorted(set(same) - PROPER)}"
    gone = PROPER - {source for _, source in known}
    assert not gone, f"no text of the program any more: {sorted(gone)}"


def test_translations_keep_the_shape_of_their_texts(known: dict[tuple[str, str], str]) -> None:
    """Blanks around, line breaks, and the letter that a menu is opened with."""
    for (_, source), text in known.items():
        assert (source[:1].isspace(), source[-1:].isspace()) == (text[:1].isspace(), text[-1:].isspace()), source
        assert source.count("\n") == text.count("\n"), source
        assert len(re.findall(r"&\w", source)) == len(re.findall(r"&\w", text)), source
        assert source.count("%n") == text.count("%n"), source


def test_chinese_punctuation(known: dict[tuple[str, str], str]) -> None:
    """A comma, colon, stop or quotation mark beside a Chinese character is a Chinese one."""
    for (_, source), text in known.items():
        plain = re.sub(r"\(&\w\)$", "", text)
        for mark in re.findall(rf"{CHINESE.pattern}[,;!?\"]|{CHINESE.pattern}[.:](?:\s|$)", plain):
            pytest.fail(f"{mark!r} in {text!r} of {source!r}")


def test_a_text_in_one_sentence_ends_as_one(known: dict[tuple[str, str], str]) -> None:
    """A sentence ends in a full stop in both languages, a caption in neither."""
    ends = {".": "。", "…": "…", ":": "：", "?": "？"}
    for (_, source), text in known.items():
        end = ends.get(source[-1:])
        if end is not None and CHINESE.search(text) and " " in source:
            assert text[-1:] == end, f"{source!r}: {text!r}"
