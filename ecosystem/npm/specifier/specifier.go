// Package specifier reads how JavaScript and its package managers write which
// package they mean: the specifier of a module in code ("@s/x/sub", "npm:x@1", the
// URL of a CDN), the spec behind a name in a manifest or a command ("^1", "file:x",
// "owner/repository"), and the address of an archive.
//
// Specification: https://github.com/npm/npm-package-arg and
// https://nodejs.org/api/esm.html#import-specifiers
package specifier

import (
	"strings"

	"figment/ecosystem"
)

// A Package is what a module specifier names. Start and End count in the specifier
// and cover what the span of a reference shows.
type Package struct {
	Ecosystem  ecosystem.Ecosystem
	Name       string
	Constraint string
	Start, End int
}

// noPackage are schemes and prefixes that never name a package of a registry.
var noPackage = []string{
	"node:", "bun:", "deno:", "cloudflare:", "electron", "virtual:", "\x00", "astro:", "data:", "file:", "blob:", "chrome:", "ext:", "sass:",
	"~icons/", "$app/", "$lib/", "$env/", "$service-worker", "#", "@/", "~", "$", "/", ".", "about:", "workspace:", "link:",
}

// Packages reads a module specifier. It calls yield for each package that it
// names: none for paths, aliases and builtin schemes, several where loaders are
// chained.
func Packages(s string, yield func(Package)) {
	if s == "" || len(s) > 1000 || strings.Contains(s, "${") || strings.ContainsAny(s, " \t\n\\<>{}") {
		return
	}
	switch {
	case strings.HasPrefix(s, "npm:"):
		name, constraint, n := nameAtVersion(s[4:])
		if name != "" {
			yield(Package{ecosystem.NPM, name, constraint, 4, 4 + n})
		}
		return
	case strings.HasPrefix(s, "jsr:"):
		at := 4
		if strings.HasPrefix(s[4:], "/") {
			at++
		}
		name, constraint, n := nameAtVersion(s[at:])
		if strings.HasPrefix(name, "@") {
			yield(Package{ecosystem.JSR, name, constraint, at, at + n})
		}
		return
	case strings.HasPrefix(s, "https://"), strings.HasPrefix(s, "http://"), strings.HasPrefix(s, "//"):
		cdn(s, yield)
		return
	}
	if i := strings.IndexByte(s, '!'); i >= 0 {
		at := 0
		for _, part := range strings.Split(s, "!") {
			name := strings.TrimPrefix(trimQuery(part), "-")
			off := at + strings.Index(part, name)
			at += len(part) + 1
			if p := Bare(name); p != "" {
				yield(Package{ecosystem.NPM, p, "", off, off + len(p)})
			}
		}
		return
	}
	if name := Bare(s); name != "" {
		yield(Package{ecosystem.NPM, name, "", 0, len(s)})
	}
}

// Bare is the package part of a specifier without scheme: the first segment, or
// two behind a scope. It is empty for what names no package.
func Bare(s string) string {
	s = trimQuery(s)
	for _, p := range noPackage {
		if strings.HasPrefix(s, p) {
			if p == "electron" && s != "electron" {
				continue // electron-store is a package
			}
			return ""
		}
	}
	if !strings.Contains(s, "/") {
		switch s[strings.LastIndexByte(s, '.')+1:] {
		case "wasm", "css", "scss", "sass", "less", "svg", "png", "jpg", "gif", "vue", "svelte", "json", "txt", "md", "html", "tsx", "ts":
			if strings.Contains(s, ".") {
				return "" // a file, found by somebody's configuration
			}
		}
	}
	if s == "" || len(s) > 1 && s[1] == ':' { // Windows drive
		return ""
	}
	if i := strings.IndexByte(s, ':'); i > 0 && i < 20 && !strings.Contains(s[:i], "/") {
		return "" // some other scheme
	}
	first, rest, more := strings.Cut(s, "/")
	if first[0] != '@' {
		return first
	}
	if !more || len(first) < 2 || rest == "" {
		return ""
	}
	second, _, _ := strings.Cut(rest, "/")
	if second == "" {
		return ""
	}
	return first + "/" + second
}

// nameAtVersion reads "x@1/sub" and "@s/x@1/sub": the name, the version, and
// the name's length.
func nameAtVersion(s string) (name, constraint string, n int) {
	start := 0
	if strings.HasPrefix(s, "@") {
		i := strings.IndexByte(s, '/')
		if i < 2 {
			return "", "", 0
		}
		start = i + 1
	}
	end := len(s)
	if i := strings.IndexAny(s[start:], "@/?"); i >= 0 {
		end = start + i
	}
	if end == start {
		return "", "", 0
	}
	name = s[:end]
	if rest := s[end:]; strings.HasPrefix(rest, "@") {
		constraint = rest[1:]
		if i := strings.IndexAny(constraint, "/?&"); i >= 0 {
			constraint = constraint[:i]
		}
	}
	return name, constraint, end
}

// cdn reads the URL of a content delivery network that serves npm packages.
func cdn(s string, yield func(Package)) {
	at := strings.Index(s, "//") + 2
	host, path, _ := strings.Cut(s[at:], "/")
	at += len(host) + 1
	one := func(p string, off int) {
		p = strings.TrimPrefix(p, "*")
		name, constraint, n := nameAtVersion(p)
		if name != "" && validCDNName(name) {
			yield(Package{ecosystem.NPM, name, constraint, off, off + n})
		}
	}
	switch host {
	case "unpkg.com", "esm.run", "jspm.dev":
		one(path, at)
	case "cdn.jsdelivr.net":
		if rest, ok := strings.CutPrefix(path, "npm/"); ok {
			one(rest, at+4)
		} else if rest, ok := strings.CutPrefix(path, "combine/"); ok {
			off := at + len("combine/")
			for _, part := range strings.Split(rest, ",") {
				if p, ok := strings.CutPrefix(part, "npm/"); ok {
					one(p, off+4)
				}
				off += len(part) + 1
			}
		}
	case "esm.sh":
		for {
			seg, rest, ok := strings.Cut(path, "/")
			if !ok || seg != "stable" && !(len(seg) > 1 && seg[0] == 'v' && seg[1] >= '0' && seg[1] <= '9' && !strings.Contains(seg, "@")) {
				break
			}
			at += len(seg) + 1
			path = rest
		}
		if strings.HasPrefix(path, "gh/") {
			return
		}
		if rest, ok := strings.CutPrefix(path, "jsr/"); ok {
			if name, constraint, n := nameAtVersion(rest); name != "" {
				yield(Package{ecosystem.JSR, name, constraint, at + 4, at + 4 + n})
			}
			return
		}
		if strings.HasPrefix(path, "*") {
			at++
			path = path[1:]
		}
		one(path, at)
	case "cdn.skypack.dev":
		if rest, ok := strings.CutPrefix(path, "-/"); ok {
			one(rest, at+2)
		} else {
			one(path, at)
		}
	case "ga.jspm.io":
		if rest, ok := strings.CutPrefix(path, "npm:"); ok {
			one(rest, at+4)
		}
	}
}

func validCDNName(s string) bool {
	return ecosystem.CheckName(ecosystem.NPM, s).State != ecosystem.Invalid
}

// trimQuery cuts off what a bundler is told: "?raw".
func trimQuery(s string) string {
	s, _, _ = strings.Cut(s, "?")
	return s
}
