"""Variables of an environment that bring code into a process: those nobody may set over HTTP."""

from collections.abc import Iterable

# Loaders, interpreters, shells and tools that run what such a variable names.
PREFIXES = (
    "LD_", "DYLD_", "PYTHON", "PERL", "RUBY", "NODE_", "NPM_", "BASH_FUNC_", "GIT_", "GCONV_", "MALLOC_", "GLIBC_",
    "LUA_", "JULIA_", "R_", "PHP_", "DOTNET_", "CORECLR_", "COR_", "COMPLUS_", "MONO_", "ERL_", "GEM_", "BUNDLE_",
    "STREAMSCOPE_", "_JAVA_", "QT_", "GTK_", "UV_", "PIP_", "VIRTUAL_ENV", "CONDA_", "CARGO_", "RUSTC_",
)  # fmt: skip
NAMES = frozenset(
    {
        "PATH", "ENV", "BASH_ENV", "BASHOPTS", "SHELLOPTS", "SHELL", "IFS", "CDPATH", "PS4", "PROMPT_COMMAND",
        "ZDOTDIR", "FPATH", "HOME", "PORT", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_OPTS", "CLASSPATH",
        "EDITOR", "VISUAL", "PAGER", "BROWSER", "COMSPEC", "PATHEXT", "SYSTEMROOT", "WINDIR", "USERPROFILE",
        "APPDATA", "LOCALAPPDATA", "TMPDIR", "TEMP", "TMP", "OPENSSL_CONF", "OPENSSL_MODULES", "OPENSSL_ENGINES",
        "SSLKEYLOGFILE", "GOFLAGS", "NLSPATH", "LOCPATH", "TERMINFO", "TERMCAP", "HOSTALIASES", "RES_OPTIONS",
        "LOCALDOMAIN", "MANPATH", "TCLLIBPATH", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CONFIG_DIRS",
        "XDG_DATA_DIRS", "DEPS_JSON",
    }
)  # fmt: skip


def environment_problem(names: Iterable[str]) -> str:
    """The first name that is none, or that a loader or an interpreter obeys; '' where all are harmless.

    Letters count whatever their case: some systems know no difference. PORT is the sandbox's own to give.
    """
    for name in names:
        if not name or "=" in name or "\0" in name or not name.isprintable() or name != name.strip():
            return name or "''"
        upper = name.upper()
        if upper in NAMES or upper.startswith(PREFIXES):
            return name
    return ""
