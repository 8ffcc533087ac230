package specifier

import (
	"net/url"
	"strings"

	"figment/ecosystem"
	"figment/internal/lazyregexp"
	"figment/scanner/extract"
)

var (
	paths    = lazyregexp.New(`^(?:[.]|~[/]|[/\\]|[a-zA-Z]:)`)
	urls     = lazyregexp.New(`(?i)^(?:git[+])?[a-z]+:`)
	scps     = lazyregexp.New(`^[^@/ ]+@[^:./ ]+\.[^: ]+:.+$`)
	archives = lazyregexp.New(`(?i)[.](?:tgz|tar\.gz|tar)$`)
)

// Archive reads the address of an archive at the public registry: npm
// asks it for that package. at is where the name stands in the address.
func Archive(address string) (name string, at int, ok bool) {
	host, written := Address(address)
	if host == "" || written == "" || !ecosystem.PublicRegistry(ecosystem.NPM, host) {
		return "", 0, false
	}
	plain, err := url.PathUnescape(written)
	at = strings.Index(ForwardSlashes(address), written)
	return plain, at, err == nil && plain == written && at >= 0
}

// SourceOfWord says where a word of a command comes from: like Source, but "@s/x"
// is a name there.
func SourceOfWord(word string) (extract.From, string) {
	if strings.HasPrefix(word, "@") {
		return extract.FromRegistry, word
	}
	return Source(word)
}

// Source says what a spec names: a range or tag of the registry, or another
// source. The order is that of npm's own reader.
func Source(spec string) (extract.From, string) {
	low := strings.ToLower(spec)
	switch {
	case spec == "":
		return extract.FromRegistry, ""
	case strings.HasPrefix(low, "workspace:"):
		return extract.FromWorkspace, ""
	case strings.HasPrefix(low, "file:"), strings.HasPrefix(low, "link:"), strings.HasPrefix(low, "portal:"), paths().MatchString(spec):
		return extract.FromPath, ""
	case strings.HasPrefix(low, "http:"), strings.HasPrefix(low, "https:"):
		return extract.FromURL, ""
	case urls().MatchString(spec), scps().MatchString(spec): // git+ssh:, github:, ssh:, user@host:path
		return extract.FromGit, ""
	case githubShorthand(spec):
		return extract.FromGit, ""
	case strings.Contains(spec, "/"), archives().MatchString(spec):
		return extract.FromPath, ""
	}
	return extract.FromRegistry, spec
}

// githubShorthand reports whether a spec with a slash is owner/repository, not
// a directory.
func githubShorthand(spec string) bool {
	repo, _, _ := strings.Cut(spec, "#")
	return strings.Count(repo, "/") == 1 && repo[0] != '/' && !strings.HasSuffix(repo, "/") && !strings.ContainsAny(repo, " \t@:")
}

// Address parts the address of an archive into the host and the package's
// name as a registry writes it, "@s/x" of "/@s/x/-/x-1.tgz"; no name where it is
// no address of a registry.
func Address(raw string) (host, name string) {
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

// ForwardSlashes writes an address as a browser reads it, to which the two slashes
// are one; no byte moves.
func ForwardSlashes(address string) string { return strings.ReplaceAll(address, `\`, "/") }
