package ecosystem

import (
	"errors"
	"strings"
	"testing"
)

func TestPrivatePattern(t *testing.T) {
	for _, c := range []struct {
		pattern, pkg string
		want         bool
	}{
		{"npm:@acme/*", "npm:@acme/a", true}, {"npm:@acme/*", "pypi:@acme/a", false}, {"@acme/*", "npm:@acme/a", true},
		{"npm:@acme", "npm:@acme/a", true}, {"npm:@acme/", "npm:@acme/a", true}, {"@acme", "npm:@acme/a", true}, {" npm:@acme/* ", "npm:@acme/a", true},
		{"npm:@acme", "npm:@acme2/a", false}, {"npm:@acme", "npm:acme", false},
		{"npm:@acme/*", "npm:@ACME/two", true}, {"npm:@ACME/*", "npm:@acme/two", true}, {"NPM:@Acme/x-*", "npm:@acme/X-y", true},
		{"acme-*", "pypi:acme-x", true}, {"acme-*", "pypi:xacme-x", false}, {"pypi:Acme_*", "pypi:acme-x", true}, {"pypi:acme.*", "pypi:ACME__x", true}, {"python:acme-[xy]", "pypi:Acme.X", true},
		{"pypi:acme-*", "pypi:acmex", false}, {"pypi:acme", "pypi:acme-x", false},
		{"go:git.acme.dev/**", "golang:git.acme.dev/a/b", true}, {"go:git.acme.dev/*", "golang:git.acme.dev/a/b", true}, {"go:git.acme.dev", "golang:git.acme.dev/a/b", true},
		{"go:git.acme.dev/a", "golang:git.acme.dev/b", false}, {"go:git.acme.dev/a", "golang:git.acme.dev/ab", false}, {"go:*.acme.dev/x", "golang:git.acme.dev/x/y", true},
		{"go:github.com/acme/**", "golang:github.com/Acme/x", true}, {"go:github.com/Acme", "golang:github.com/acme/x", true}, {"go:git.acme.dev/A", "golang:git.acme.dev/a", false},
		{"cargo:acme_*", "cargo:acme-x", true}, {"composer:Acme/*", "composer:acme/x", true}, {"maven:com.acme:*", "maven:com.acme:lib", true}, {"com.acme:*", "maven:com.acme:lib", true},
		{"nuget:Acme.*", "nuget:acme.core", true},
	} {
		eco, name, _ := strings.Cut(c.pkg, ":")
		p, err := ParsePrivate(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got := p.Match(Package{Ecosystem: Ecosystem(eco), Name: name}); got != c.want {
			t.Errorf("%s and %s: %v", c.pattern, c.pkg, got)
		}
	}
	if (PrivatePattern{}).Match(Package{Ecosystem: NPM}) {
		t.Error("the zero pattern matches")
	}
}

// TestPrivatePatternRefused: what protects nothing is an error, and says what
// was meant.
func TestPrivatePatternRefused(t *testing.T) {
	for pattern, hint := range map[string]string{
		"npm:acme/*": "npm:@acme/*", "npm:@acme/x/*": "", "pypi:@acme/*": "npm:@acme/*", "pypi:acme/x": "", "npm:@acme/ *": "npm:@acme/*", "npm:@": "", "npm:": "",
		"maven:com.acme": "maven:com.acme:*", "composer:acme": "composer:acme/*", "go:acme/*": "", "go:acme": "", "npm:[": "", "[": "", "": "", "pypi:git.acme.dev/**": "go:git.acme.dev/**",
		"golang:corp.example/...": "golang:corp.example/*", "golang:Git.Corp.Example/*": "golang:git.corp.example/*",
		"acme lib": "", "npm:@acme//": "", "cargo:acme/x": "", "npm:\u0430cme": "", "npm:@acme\\*": "",
	} {
		_, err := ParsePrivate(pattern)
		var bad *PatternError
		if !errors.As(err, &bad) || bad.Text == "" || bad.Hint == "" {
			t.Errorf("%q is accepted, or refused without a hint: %v", pattern, err)
			continue
		}
		if hint != "" && bad.Hint != hint {
			t.Errorf("%q: the hint is %q, want %q", pattern, bad.Hint, hint)
		}
	}
	for _, pattern := range []string{"npn:@acme/*", "pip3:x", "://", "pkg:npm/x"} {
		_, err := ParsePrivate(pattern)
		var bad *PatternError
		if !errors.As(err, &bad) {
			t.Errorf("%q is accepted", pattern)
		} else if word, _, _ := strings.Cut(pattern, ":"); bad.Word != word {
			t.Errorf("%q: the word is %q", pattern, bad.Word)
		}
	}
}

// TestPrivateExamples: what a hint says is accepted, and of the ecosystem that
// was written.
func TestPrivateExamples(t *testing.T) {
	for _, e := range All() {
		for _, rest := range []string{"", "[", strings.Repeat("a", maxPattern+1)} {
			_, err := ParsePrivate(string(e) + ":" + rest)
			var bad *PatternError
			if !errors.As(err, &bad) {
				t.Errorf("%s:%.9s is accepted", e, rest)
				continue
			}
			if p, err := ParsePrivate(bad.Hint); err != nil || p.eco != e {
				t.Errorf("%s:%.9s: the hint %q: %v", e, rest, bad.Hint, err)
			}
		}
	}
}

// FuzzPrivatePattern: no pattern that is accepted is without a name, and none
// stops the reading.
func FuzzPrivatePattern(f *testing.F) {
	for _, s := range []string{"npm:@acme/*", "pypi:Acme_*", "go:git.acme.dev/**", "[", "npm:@acme/[a-z]*", "maven:com.acme:*", "npm:\\", "a?b"} {
		f.Add(s, "acme-x")
	}
	f.Fuzz(func(t *testing.T, pattern, name string) {
		p, err := ParsePrivate(pattern)
		for _, e := range All() {
			if p.Match(Package{Ecosystem: e, Name: name}) && err != nil {
				t.Errorf("%q is refused and matches %q", pattern, name)
			}
		}
		if err == nil && !p.possible() {
			t.Errorf("%q matches nothing", pattern)
		}
	})
}
