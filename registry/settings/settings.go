// Package settings finds the registry that the user's own tools would ask, from
// the tools' configuration and the FIGMENT_* variables. How each tool is read is
// a Reader, which is handed in.
//
// Trust: only the user's own settings route. What a scanned repository sets can
// make a name private (Claim), never choose a host or release a credential. No
// helper program named by a configuration is ever run.
package settings

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// An Error is a setting that cannot be used. Commands end with exit 2.
type Error struct {
	Setting string // "FIGMENT_REGISTRY_NPM"
	Text    string // "has a query"; never the value's userinfo
	Hint    string
}

func (e *Error) Error() string { return e.Setting + " " + e.Text }

// Settings route names to registries. Safe for concurrent use once loaded.
type Settings struct {
	sources   []*source
	officials []string  // roots of the public registries
	private   []pattern // the user's own, and those of the tools
	claims    []Claim   // of configuration that lies in the scanned work tree
	claimed   []pattern // patterns of such configuration
	allowed   []string
	netrc     map[string]protocol.Credential
	notices   []string
}

// A source is what was read of one ecosystem.
type source struct {
	reader *Reader
	Found
}

// of is the source of an ecosystem, or nil.
func (s *Settings) of(e ecosystem.Ecosystem) *source {
	for _, src := range s.sources {
		if src.reader.Ecosystem == e {
			return src
		}
	}
	return nil
}

// scoped is the root that the scope of a name is mapped to.
func (src *source) scoped(name string) (scope string, root protocol.Root, ok bool) {
	if src == nil || src.Scopes == nil {
		return "", root, false
	}
	scope, _, found := strings.Cut(name, "/")
	if found {
		root, ok = src.Scopes[strings.ToLower(scope)]
	}
	return scope, root, ok
}

// Notices are sentences for the user about settings that were left out because
// they cannot be used. They show no value.
func (s *Settings) Notices() []string { return slices.Clone(s.notices) }

func (s *Settings) notice(setting, text string) {
	s.notices = append(s.notices, setting+": "+text)
}

// A pattern makes names private.
type pattern struct {
	match   func(ecosystem.Package) bool
	setting string
}

// Allow adds hosts, or URLs of them, that may be asked although only the scanned
// project names them.
func (s *Settings) Allow(hosts []string) {
	for _, h := range hosts {
		if u, err := url.Parse(strings.TrimSpace(h)); err == nil && u.Host != "" {
			h = u.Host
		}
		s.allowed = append(s.allowed, h)
	}
}

// MarkPrivate adds the user's own patterns of private names, "npm:@acme/*". The
// error is that of the first pattern that cannot be meant.
func (s *Settings) MarkPrivate(patterns []string) error {
	for _, text := range patterns {
		p, err := ecosystem.ParsePrivate(text)
		if err != nil {
			return fmt.Errorf("private = %q %w", text, err)
		}
		s.private = append(s.private, pattern{match: p.Match, setting: "private = \"" + text + "\""})
	}
	return nil
}

// Private reports whether the user's own settings make a name private, and
// which of them does.
func (s *Settings) Private(p ecosystem.Package) (setting string, ok bool) {
	if scope, root, mapped := s.of(p.Ecosystem).scoped(p.Name); mapped && root.Kind == protocol.Private {
		return root.Setting + " " + scope + ":registry", true
	}
	for _, x := range s.private {
		if x.match(p) {
			return x.setting, true
		}
	}
	return "", false
}

// Trusted reports whether a base URL that the scanned project names is one that
// the user's own settings name too, or the public registry, or allowed by hand.
func (s *Settings) Trusted(eco ecosystem.Ecosystem, raw string) bool {
	r := MakeRoot(eco, raw, "")
	if r.URL == "" || r.Kind == protocol.Official {
		return r.Kind == protocol.Official
	}
	for _, src := range s.sources {
		for _, root := range src.Route.Roots {
			if root.URL == r.URL {
				return true
			}
		}
		for _, root := range src.Scopes {
			if root.URL == r.URL {
				return true
			}
		}
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return false
	}
	for _, h := range s.allowed {
		if strings.EqualFold(h, u.Host) || strings.EqualFold(h, u.Hostname()) {
			return true
		}
	}
	return false
}

// Route says who is asked about a name.
func (s *Settings) Route(p ecosystem.Package) protocol.Route {
	src := s.of(p.Ecosystem)
	if src == nil {
		return protocol.Route{Reason: string(protocol.ReasonUnsupported)}
	}
	scope, root, mapped := src.scoped(p.Name)
	if !mapped {
		return src.Route
	}
	setting := root.Setting + " " + scope + ":registry"
	if root.URL == "" {
		return protocol.Route{Private: true, Reason: string(protocol.ReasonNoRegistry), Setting: setting}
	}
	r := protocol.Route{Roots: []protocol.Root{root}, Private: root.Kind == protocol.Private, Setting: setting}
	if !r.Private {
		r.Downloads = src.Route.Downloads
	}
	return r
}
