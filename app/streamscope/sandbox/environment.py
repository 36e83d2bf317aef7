"""Variables of an environment that bring code into a process: those nobody may set over HTTP."""

from collections.abc import Mapping

# Loaders, interpreters, shells and tools that run what such a variable names.
PREFIXES = (
    "LD_", "DYLD_", "PYTHON", "PERL", "RUBY", "NODE_", "NPM_", "BASH_FUNC_", "GIT_", "GCONV_", "MALLOC_", "GLIBC_",
    "LUA_", "JULIA_", "R_", "PHP_", "DOTNET_", "CORECLR_", "COR_", "COMPLUS_", "MONO_", "ERL_", "GEM_", "BUNDLE_",
    "STREAMSCOPE_", "_JAVA_", "QT_", "GTK_", "UV_", "PIP_", "VIRTUAL_ENV", "CONDA_", "CARGO_", "RUSTC_",
    "GUNICORN_", "UVICORN_", "JUPYTER", "IPYTHON", "DENO_", "BUN_", "TS_NODE_", "CUDA_INJECTION", "NVTX_INJECTION",
    "OCL_ICD_", "VK_LAYER", "VK_ICD", "VK_DRIVER", "VK_ADD", "GST_PLUGIN", "GUILE_",
)  # fmt: skip
NAMES = frozenset(
    {
        "PATH", "ENV", "BASH_ENV", "BASHOPTS", "SHELLOPTS", "SHELL", "IFS", "CDPATH", "PS4", "PROMPT_COMMAND",
        "ZDOTDIR", "FPATH", "HOME", "PORT", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_OPTS", "CLASSPATH",
        "EDITOR", "VISUAL", "PAGER", "BROWSER", "COMSPEC", "PATHEXT", "SYSTEMROOT", "WINDIR", "USERPROFILE",
        "APPDATA", "LOCALAPPDATA", "TMPDIR", "TEMP", "TMP", "OPENSSL_CONF", "OPENSSL_MODULES", "OPENSSL_ENGINES",
        "SSLKEYLOGFILE", "GOFLAGS", "NLSPATH", "LOCPATH", "TERMINFO", "TERMCAP", "HOSTALIASES", "RES_OPTIONS",
        "LOCALDOMAIN", "MANPATH", "TCLLIBPATH", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CONFIG_DIRS",
        "XDG_DATA_DIRS", "DEPS_JSON", "MAKEFLAGS", "GNUMAKEFLAGS", "MAKEFILES", "LESSOPEN", "LESSCLOSE", "VIMINIT",
        "EXINIT", "AWKPATH", "AWKLIBPATH", "SSH_ASKPASS", "SUDO_ASKPASS", "MAVEN_OPTS", "GRADLE_OPTS", "SBT_OPTS",
        "CATALINA_OPTS", "OMP_TOOL_LIBRARIES", "GHCRTS",
        "FLASK_APP", "DJANGO_SETTINGS_MODULE", "NCCL_NET_PLUGIN", "NCCL_TUNER_PLUGIN", "NCCL_PROFILER_PLUGIN",
        "ELIXIR_ERL_OPTIONS",
    }
)  # fmt: skip


def environment_problem(variables: Mapping[str, str]) -> str:
    """The first name that is none, that a loader or an interpreter obeys, or whose value no process can be given; ''
    where all are harmless.

    Letters count whatever their case: some systems know no difference. PORT is the sandbox's own to give.
    """
    for name, value in variables.items():
        if not name or "=" in name or "\0" in name + value or not name.isprintable() or name != name.strip():
            return name or "''"
        upper = name.upper()
        if upper in NAMES or upper.startswith(PREFIXES):
            return name
    return ""
