package extract

import (
	"net/url"
	"strings"

	"figment/ecosystem"
	"figment/internal/lazyregexp"
)

// CutVersion splits "x@range" and "@s/x@range" at the first "@" that does not
// begin a scope, as npm does.
func CutVersion(s string) (name, constraint string) {
	if len(s) > 1 {
		if i := strings.IndexByte(s[1:], '@'); i >= 0 {
			return s[:i+1], s[i+2:]
		}
	}
	return s, ""
}

var (
	npmPath    = lazyregexp.New(`^(?:[.]|~[/]|[/\\]|[a-zA-Z]:)`)
	npmURL     = lazyregexp.New(`(?i)^(?:git[+])?[a-z]+:`)
	npmSCP     = lazyregexp.New(`^[^@/ ]+@[^:./ ]+\.[^: ]+:.+$`)
	npmArchive = lazyregexp.New(`(?i)[.](?:tgz|tar\.gz|tar)$`)
)

// NPMArchive reads the address of an archive at the public registry: npm
// asks it for that package. at is where the name stands in the address.
func NPMArchive(address string) (name string, at int, ok bool) {
	host, written := NPMAddress(address)
	if host == "" || written == "" || !ecosystem.PublicRegistry(ecosystem.NPM, host) {
		return "", 0, false
	}
	plain, err := url.PathUnescape(written)
	at = strings.Index(ForwardSlashes(address), written)
	return plain, at, err == nil && plain == written && at >= 0
}

// NPMSpecFrom says where a word of a command comes from: like NPMSource, but
// "@s/x" is a name there.
func NPMSpecFrom(word string) (From, string) {
	if strings.HasPrefix(word, "@") {
		return FromRegistry, word
	}
	return NPMSource(word)
}

// NPMSource says what a spec names: a range or tag of the registry, or another
// source. The order is that of npm's own reader.
func NPMSource(spec string) (From, string) {
	low := strings.ToLower(spec)
	switch {
	case spec == "":
		return FromRegistry, ""
	case strings.HasPrefix(low, "workspace:"):
		return FromWorkspace, ""
	case strings.HasPrefix(low, "file:"), strings.HasPrefix(low, "link:"), strings.HasPrefix(low, "portal:"), npmPath().MatchString(spec):
		return FromPath, ""
	case strings.HasPrefix(low, "http:"), strings.HasPrefix(low, "https:"):
		return FromURL, ""
	case npmURL().MatchString(spec), npmSCP().MatchString(spec): // git+ssh:, github:, ssh:, user@host:path
		return FromGit, ""
	case githubShorthand(spec):
		return FromGit, ""
	case strings.Contains(spec, "/"), npmArchive().MatchString(spec):
		return FromPath, ""
	}
	return FromRegistry, spec
}

// githubShorthand reports whether a spec with a slash is owner/repository, not
// a directory.
func githubShorthand(spec string) bool {
	repo, _, _ := strings.Cut(spec, "#")
	return strings.Count(repo, "/") == 1 && repo[0] != '/' && !strings.HasSuffix(repo, "/") && !strings.ContainsAny(repo, " \t@:")
}

// NPMAddress parts the address of an archive into the host and the package's
// name as a registry writes it, "@s/x" of "/@s/x/-/x-1.tgz"; no name where it is
// no address of a registry.
func NPMAddress(raw string) (host, name string) {
	u, err := url.Parse(ForwardSlashes(raw))
	if err != nil || u.Host == "" {
		return "", ""
	}
	host = u.Scheme + "://" + u.Host
	before, _, ok := strings.Cut(u.EscapedPath(), "/-/")
	if !ok {
		return host, ""
	}
	parts := strings.Split(strings.TrimPrefix(before, "/"), "/")
	n := len(parts)
	if n > 1 && (strings.HasPrefix(parts[n-2], "@") || strings.HasPrefix(parts[n-2], "%40")) {
		return host, parts[n-2] + "/" + parts[n-1]
	}
	return host, parts[n-1]
}

// ForwardSlashes writes an address as a browser reads it, to which the two slashes are
// one; no byte moves.
func ForwardSlashes(address string) string { return strings.ReplaceAll(address, `\`, "/") }
