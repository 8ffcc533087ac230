package extract

import (
	"strings"

	"figment/ecosystem"
	"figment/internal/lazyregexp"
	"figment/scanner/text"
)

// cutVersion splits "x@range" and "@s/x@range" at the first "@" that does not
// begin a scope, as npm does.
func cutVersion(s string) (name, constraint string) {
	if len(s) > 1 {
		if i := strings.IndexByte(s[1:], '@'); i >= 0 {
			return s[:i+1], s[i+2:]
		}
	}
	return s, ""
}

// pnpmSelector finds the name that a key of pnpm's overrides is about:
// "a>b@>=1 <2" is about b. A ">" after a blank, a bar or an "@" belongs to a
// range.
func pnpmSelector(key string) (start, end int) {
	for i := 1; i < len(key); i++ {
		if key[i] == '>' && !strings.ContainsRune(" |@", rune(key[i-1])) && i+1 < len(key) && key[i+1] != '=' {
			start = i + 1
		}
	}
	for start < len(key) && key[start] == ' ' {
		start++
	}
	name, _ := cutVersion(key[start:])
	return start, start + len(strings.TrimRight(name, " "))
}

// yarnSelector finds the name that a key of Yarn's resolutions is about: the
// last of a path of names and globs, "x/**/@s/y@npm:^1".
func yarnSelector(key string) (start, end int) {
	for i := 0; i < len(key); {
		from := i
		slash := strings.IndexByte(key[i:], '/')
		if key[i] == '@' && slash >= 0 { // the slash of a scope
			if next := strings.IndexByte(key[i+slash+1:], '/'); next >= 0 {
				slash += 1 + next
			} else {
				slash = -1
			}
		}
		stop := len(key)
		if slash >= 0 {
			stop = i + slash
		}
		if name, _ := cutVersion(key[from:]); from+len(name) < stop || slash < 0 && len(name) < len(key)-from {
			start, end = from, from+len(name)
			rest := key[end+1:]
			colon, cut := strings.IndexByte(rest, ':'), strings.IndexByte(rest, '/')
			if cut < 0 || colon >= 0 && colon < cut { // a description with a protocol may hold slashes
				return start, end
			}
			i = end + 1 + cut + 1
			continue
		}
		if part := key[from:stop]; strings.Trim(part, "*") != "" {
			start, end = from, stop
		}
		i = stop + 1
	}
	return start, end
}

var (
	npmPath    = lazyregexp.New(`^(?:[.]|~[/]|[/\\]|[a-zA-Z]:)`)
	npmURL     = lazyregexp.New(`(?i)^(?:git[+])?[a-z]+:`)
	npmSCP     = lazyregexp.New(`^[^@/ ]+@[^:./ ]+\.[^: ]+:.+$`)
	npmArchive = lazyregexp.New(`(?i)[.](?:tgz|tar\.gz|tar)$`)
	npmVersion = lazyregexp.New(`^[vV=]?(?:[0-9]+|[xX])(?:\.(?:[0-9]+|[xX*])){0,2}(?:[-+][0-9A-Za-z.+-]*)?$`)
)

// npmRequirement reads a member "name": "spec" of any table of dependencies.
// Mostly that is one package. "npm:1.0" is the key's version 1.0 to Yarn and
// Deno, and the package called 1.0 to npm: both are given.
//
// Specification: https://docs.npmjs.com/cli/using-npm/package-spec
func npmRequirement(key text.Key, v text.Value) []Reference {
	r := Reference{Ecosystem: ecosystem.NPM, Name: key.Name, Span: key.Span, Kind: Manifest}
	spec := strings.TrimSpace(v.Text)
	lead := strings.Index(v.Text, spec)
	protocol, body, hasProtocol := strings.Cut(spec, ":")
	if hasProtocol {
		protocol = strings.ToLower(protocol)
	}
	switch {
	case hasProtocol && (protocol == "npm" || protocol == "jsr"):
		at := lead + len(protocol) + 1
		trimmed := strings.TrimLeft(body, " ")
		at += len(body) - len(trimmed)
		name, constraint := cutVersion(trimmed)
		if protocol == "jsr" {
			r.Ecosystem = ecosystem.JSR
			if !strings.HasPrefix(name, "@") { // "@s/x": "jsr:^1"
				r.Constraint = body
				return []Reference{r}
			}
		}
		if name == "" || strings.ContainsAny(trimmed[:1], "^~<>=*") || strings.ContainsAny(name, " |") { // no name: a range of the key
			r.Constraint = trimmed
			return []Reference{r}
		}
		real := r
		real.Name, real.Constraint = name, constraint
		if name != key.Name {
			real.Alias = key.Name
		}
		real.Span = v.Span
		if v.Span.Len() == len(v.Text) {
			real.Span = text.Span{Start: v.Span.Start + at, End: v.Span.Start + at + len(name)}
		}
		if constraint == "" && npmVersion().MatchString(name) {
			r.Constraint = name
			real.Alias, real.Flags = "", Low
			return []Reference{r, real}
		}
		return []Reference{real}
	case hasProtocol && protocol == "catalog":
	case hasProtocol && protocol == "patch":
		inner, _, _ := strings.Cut(body, "#")
		_, r.Constraint = cutVersion(inner)
		r.Constraint = strings.TrimPrefix(strings.ReplaceAll(r.Constraint, "%3A", ":"), "npm:")
	default:
		r.From, r.Constraint = npmSource(spec)
	}
	return []Reference{r}
}

// npmSpecFrom says where a word of a command comes from: like npmSource, but
// "@s/x" is a name there.
func npmSpecFrom(word string) (From, string) {
	if strings.HasPrefix(word, "@") {
		return FromRegistry, word
	}
	return npmSource(word)
}

// npmSource says what a spec names: a range or tag of the registry, or another
// source. The order is that of npm's own reader.
func npmSource(spec string) (From, string) {
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
