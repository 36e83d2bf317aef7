"""curl's options as its manual lists them (curl 8), and the words of a command line told apart by them."""

from collections.abc import Iterator
from dataclasses import dataclass

from streamscope.interop.curl.commandline import misplaced
from streamscope.model.phrase import phrase

# Letters that stand for a long name; those of the second group take a value.
_FLAGS = {
    "0": "http1.0", "1": "tlsv1", "2": "sslv2", "3": "sslv3", "4": "ipv4", "6": "ipv6", "#": "progress-bar",
    "a": "append", "B": "use-ascii", "f": "fail", "g": "globoff", "G": "get", "i": "include", "I": "head",
    "j": "junk-session-cookies", "J": "remote-header-name", "k": "insecure", "l": "list-only", "L": "location",
    "M": "manual", "n": "netrc", "N": "no-buffer", "O": "remote-name", "p": "proxytunnel", "q": "disable",
    "R": "remote-time", "s": "silent", "S": "show-error", "v": "verbose", "V": "version", "Z": "parallel",
    ":": "next",
}  # fmt: skip
_VALUED = {
    "A": "user-agent", "b": "cookie", "c": "cookie-jar", "C": "continue-at", "d": "data", "D": "dump-header",
    "e": "referer", "E": "cert", "F": "form", "h": "help", "H": "header", "K": "config", "m": "max-time",
    "o": "output", "P": "ftp-port", "Q": "quote", "r": "range", "t": "telnet-option", "T": "upload-file", "u": "user",
    "U": "proxy-user", "w": "write-out", "x": "proxy", "X": "request", "y": "speed-time", "Y": "speed-limit",
    "z": "time-cond",
}  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LONG_FLAGS = _words(
    """anyauth append basic ca-native cert-status compressed compressed-ssh create-dirs crlf digest disable
    disable-eprt disable-epsv disallow-username-in-url doh-cert-status doh-insecure fail fail-early fail-with-body
    false-start follow form-escape ftp-create-dirs ftp-pasv ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-control get
    globoff haproxy-protocol head http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only
    ignore-content-length include insecure ipv4 ipv6 junk-session-cookies list-only location location-trusted
    mail-rcpt-allowfails manual metalink mptcp negotiate netrc netrc-optional next no-alpn no-buffer no-clobber
    no-keepalive no-npn no-progress-meter no-sessionid ntlm ntlm-wb out-null parallel parallel-immediate path-as-is
    post301 post302 post303 progress-bar proxy-anyauth proxy-basic proxy-ca-native proxy-digest proxy-http2
    proxy-insecure proxy-negotiate proxy-ntlm proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tlsv1 proxytunnel
    raw remote-header-name remote-name remote-name-all remote-time remove-on-error retry-all-errors retry-connrefused
    sasl-ir show-error show-headers silent skip-existing socks5-basic socks5-gssapi socks5-gssapi-nec ssl
    ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort sslv2 sslv3 styled-output
    suppress-connect-headers tcp-fastopen tcp-nodelay tftp-no-options tls-earlydata tlsv1 tlsv1.0 tlsv1.1 tlsv1.2
    tlsv1.3 tr-encoding trace-ids trace-time use-ascii verbose version xattr"""
)
_LONG_VALUED = _words(
    """abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to
    continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode
    delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-ca-embed dump-header ech egd-file
    engine etag-compare etag-save expand-data expand-header expand-url expect100-timeout form form-string ftp-account
    ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header help
    hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type krb
    libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize max-redirs max-time
    netrc-file noproxy oauth2-bearer output output-dir parallel-max parallel-max-host pass pinnedpubkey preproxy proto
    proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile
    proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers
    proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file range rate referer
    request request-target resolve retry retry-delay retry-max-time sasl-authzid service-name sigalgs socks4 socks4a
    socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time stderr telnet-option tftp-blksize time-cond
    tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file
    upload-flags url url-query user user-agent variable vlan-priority write-out"""
)

HARMLESS = _words(
    """append basic ca-native compressed-ssh create-dirs create-file-mode disable dump-header fail fail-early
    fail-with-body false-start form-escape happy-eyeballs-timeout-ms help include ipv4 ipv6 junk-session-cookies
    keepalive-cnt keepalive-time libcurl limit-rate list-only manual metalink no-alpn no-buffer no-clobber no-keepalive
    no-npn no-progress-meter no-sessionid out-null output output-dir parallel parallel-immediate parallel-max
    parallel-max-host path-as-is progress-bar proxy-anyauth proxy-basic proxytunnel rate raw remote-header-name
    remote-name remote-name-all remote-time remove-on-error retry retry-all-errors retry-connrefused retry-delay
    retry-max-time show-error show-headers silent skip-existing speed-limit speed-time stderr styled-output
    suppress-connect-headers tcp-fastopen tcp-nodelay trace trace-ascii trace-config trace-ids trace-time use-ascii
    verbose version write-out xattr http1.1 http1.0 http0.9 tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 cookie-jar globoff
    ssl ssl-reqd proto proto-default proto-redir"""
)
"""What changes nothing of what is sent, or only how curl shows and keeps the answer."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its long name (or '' for a URL), its value, and whether it is known at all."""

    name: str
    value: str = ""
    known: bool = True
    negated: bool = False


def options(words: list[str]) -> Iterator[Option]:
    """The options and URLs of curl's arguments, in order. Raises UsageError where a value is missing."""
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == "--":
            yield from (Option("", rest) for rest in words[at:])
            return
        if word.startswith("--"):
            option, wants = _long(word[2:])
            if wants:
                value = _next(words, at, f"--{option.name}")
                at += 1
                option = Option(option.name, value)
            yield option
        elif word.startswith("-") and len(word) > 1:
            used = 0
            for option, wants in _short(word[1:]):
                if wants:
                    option, used = Option(option.name, _next(words, at, word)), 1
                yield option
            at += used
        else:
            yield Option("", word)


def _next(words: list[str], at: int, option: str) -> str:
    if at >= len(words):
        raise misplaced(
            phrase("The option {option} has no value: the command ends there.", option=option),
            phrase("Copy the whole command."),
        )
    return words[at]


def _long(word: str) -> tuple[Option, bool]:
    """An option written in full (or as far as it is the only one), and whether the next word is its value."""
    name, mark, value = word.partition("=")
    if name not in _LONG_FLAGS | _LONG_VALUED:
        name = _completed(name)
    if name in _LONG_VALUED:
        return Option(name, value), not mark
    if name in _LONG_FLAGS:
        return Option(name), False
    if name.startswith("no-") and name[3:] in _LONG_FLAGS:
        return Option(name[3:], negated=True), False
    return Option(name, known=False), False


def _completed(name: str) -> str:
    if len(name) < 3:
        return name
    near = [one for one in _LONG_FLAGS | _LONG_VALUED if one.startswith(name)]
    return near[0] if len(near) == 1 else name


def _short(letters: str) -> Iterator[tuple[Option, bool]]:
    """The letters of one word; the first that takes a value takes the rest of the word, or the next one."""
    for at, letter in enumerate(letters):
        if letter in _VALUED:
            rest = letters[at + 1 :]
            yield Option(_VALUED[letter], rest), not rest
            return
        yield Option(_FLAGS.get(letter, letter), known=letter in _FLAGS), False
