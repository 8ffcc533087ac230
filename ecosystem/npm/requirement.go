package npm

import (
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/npm/specifier"
	"figment/internal/lazyregexp"
	"figment/scanner/extract"
	"figment/scanner/text"
)

var npmVersion = lazyregexp.New(`^[vV=]?(?:[0-9]+|[xX])(?:\.(?:[0-9]+|[xX*])){0,2}(?:[-+][0-9A-Za-z.+-]*)?$`)

// npmRequirement reads a member "name": "spec" of any table of dependencies.
// Mostly that is one package. "npm:1.0" is the key's version 1.0 to Yarn and
// Deno, and the package called 1.0 to npm: both are given.
//
// Specification: https://docs.npmjs.com/cli/using-npm/package-spec
func npmRequirement(key text.Key, v text.Value) []extract.Reference {
	r := extract.Reference{Ecosystem: ecosystem.NPM, Name: key.Name, Span: key.Span, Kind: extract.Manifest}
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
		name, constraint := extract.CutVersion(trimmed)
		if protocol == "jsr" {
			r.Ecosystem = ecosystem.JSR
			if !strings.HasPrefix(name, "@") { // "@s/x": "jsr:^1"
				r.Constraint = body
				return []extract.Reference{r}
			}
		}
		if name == "" || strings.ContainsAny(trimmed[:1], "^~<>=*") || strings.ContainsAny(name, " |") { // no name: a range of the key
			r.Constraint = trimmed
			return []extract.Reference{r}
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
			real.Alias, real.Flags = "", extract.Low
			return []extract.Reference{r, real}
		}
		return []extract.Reference{real}
	case hasProtocol && protocol == "catalog":
		r.Module = "catalog:" + body
	case hasProtocol && protocol == "patch":
		inner, _, _ := strings.Cut(body, "#")
		_, r.Constraint = extract.CutVersion(inner)
		r.Constraint = strings.TrimPrefix(strings.ReplaceAll(r.Constraint, "%3A", ":"), "npm:")
	default:
		r.From, r.Constraint = specifier.Source(spec)
		if name, at, ok := specifier.Archive(spec); ok {
			r.From, r.Name = extract.FromRegistry, name
			if name != key.Name {
				r.Alias = key.Name
			}
			if r.Span = v.Span; v.Span.Len() == len(v.Text) {
				r.Span = text.Span{Start: v.Span.Start + lead + at, End: v.Span.Start + lead + at + len(name)}
			}
		}
	}
	return []extract.Reference{r}
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
	name, _ := extract.CutVersion(key[start:])
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
		if name, _ := extract.CutVersion(key[from:]); from+len(name) < stop || slash < 0 && len(name) < len(key)-from {
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
