package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"figment/ecosystem"
	"figment/scanner/verdict"
)

// An Entry accepts something: the name of a package ([[allow]]), or rules at
// places ([[ignore]]).
type Entry struct {
	Kind      string // "allow" or "ignore"
	Ecosystem ecosystem.Ecosystem
	Package   string // pattern of the canonical name; empty: any (ignore only)
	Paths     []string
	Rules     []string // rule ids or globs; allow: empty means every rule about a name
	Advisory  string
	Reason    string
	Expires   time.Time // zero: never
	File      string    // of the configuration
	Line      int
}

// A Level is what the configuration says of a rule.
type Level struct {
	Severity verdict.Severity
	Off      bool
	Reason   string
}

// A Config is what the configuration files say, merged. The zero Config is the
// built-in default.
type Config struct {
	Levels map[string]Level // by rule id
	// Floor are the levels of another version of the configuration, by rule id:
	// of each issue the stricter of both counts. nil: there is none.
	Floor         map[string]Level
	Entries       []Entry
	Exclude       []string // globs of paths that are not read
	UserPrivate   []string // patterns of private names, from the user's own file
	RepoPrivate   []string // the same from the repository
	Select        []string // rule globs: only these are reported; empty: all
	Ignore        []string // rule globs: these are not
	MinConfidence verdict.Confidence
}

// Level gives the severity of an issue under rule after the configuration;
// ok is false where the rule is off.
func (c *Config) Level(rule *verdict.Rule, sev verdict.Severity) (verdict.Severity, bool) {
	if len(c.Select) > 0 && !matchAny(c.Select, rule.ID) || matchAny(c.Ignore, rule.ID) {
		return sev, false
	}
	out, ok := At(c.Levels, rule, sev)
	if c.Floor == nil {
		return out, ok
	}
	if floor, on := At(c.Floor, rule, sev); on && (!ok || floor > out) {
		return floor, true
	}
	return out, ok
}

// At gives the severity that levels give an issue under rule; ok is false where
// they switch the rule off.
func At(levels map[string]Level, rule *verdict.Rule, sev verdict.Severity) (out verdict.Severity, ok bool) {
	l, set := levels[rule.ID]
	if !set {
		return sev, true
	}
	if l.Off {
		return sev, false
	}
	if sev == verdict.Note && l.Severity > verdict.Note && rule.Severity > verdict.Note {
		return sev, true // lowered by its place: a level does not lift mentions and guesses
	}
	return l.Severity, true
}

func matchAny(globs []string, id string) bool {
	return slices.ContainsFunc(globs, func(g string) bool {
		ok, _ := path.Match(g, id)
		return ok
	})
}

// A Site is what an entry is held against.
type Site struct {
	Rule    *verdict.Rule
	Package ecosystem.Package
	Paths   []string // of every place the finding is about
	// Advisories are the ids of the records that the finding rests on.
	Advisories []string
}

// Accept gives the index of the first entry that accepts a finding, or -1. now
// decides what has expired.
func (c *Config) Accept(s Site, now time.Time) int {
	for i := range c.Entries {
		if e := &c.Entries[i]; !e.expired(now) && e.accepts(s) {
			return i
		}
	}
	return -1
}

// Expired reports whether the entry's last day is over.
func (e *Entry) expired(now time.Time) bool {
	return !e.Expires.IsZero() && now.After(e.Expires.AddDate(0, 0, 1))
}

// Digest identifies what an entry says, and in which configuration file, an
// absolute path: two entries with one digest accept the same for one reason.
func (e *Entry) Digest(file string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "figment/entry/v1 %q %q %q %q %q %q %q %q %d",
		file, e.Kind, string(e.Ecosystem), e.Package, e.Paths, e.Rules, e.Advisory, e.Reason, e.Expires.Unix()))
	return hex.EncodeToString(sum[:])
}

// Expired is for the note about entries that no longer count.
func (e *Entry) Expired(now time.Time) bool { return e.expired(now) }

func (e *Entry) accepts(s Site) bool {
	if e.Package != "" && !MatchPackage(e.Ecosystem, e.Package, s.Package) {
		return false
	}
	switch e.Kind {
	case "allow":
		if !s.Rule.AboutName || len(e.Rules) > 0 && !matchAny(e.Rules, s.Rule.ID) {
			return false
		}
	default:
		if !matchAny(e.Rules, s.Rule.ID) || s.Rule.ID == "malicious-package" && e.Advisory == "" {
			return false
		}
		// A record is accepted by its id: another one is news.
		if e.Advisory != "" && (len(s.Advisories) == 0 || slices.ContainsFunc(s.Advisories, func(id string) bool { return id != e.Advisory })) {
			return false
		}
	}
	if len(e.Paths) == 0 {
		return true
	}
	// Every place must be covered: a new place of an accepted name is news.
	for _, p := range s.Paths {
		if !slices.ContainsFunc(e.Paths, func(g string) bool { return MatchPath(g, p) }) {
			return false
		}
	}
	return len(s.Paths) > 0
}

// MatchPackage matches a pattern of names against a package: eco Unknown
// matches every ecosystem, "*" does not cross "/", a final "/**" does.
func MatchPackage(eco ecosystem.Ecosystem, pattern string, p ecosystem.Package) bool {
	if eco != ecosystem.Unknown && eco != p.Ecosystem {
		return false
	}
	if !strings.ContainsAny(pattern, "*?[") {
		return ecosystem.Normalize(p.Ecosystem, pattern) == p.Name
	}
	if prefix, ok := strings.CutSuffix(pattern, "/**"); ok {
		return strings.HasPrefix(p.Name, prefix+"/")
	}
	ok, err := path.Match(pattern, p.Name)
	return ok && err == nil
}

// MatchPath matches a glob of configuration paths: "**" stands for any number
// of folders, a pattern without a slash matches the base name, and a pattern
// that names a folder covers what is below it.
func MatchPath(glob, p string) bool {
	glob = strings.TrimPrefix(glob, "./")
	if rest, ok := strings.CutSuffix(glob, "/"); ok {
		glob = rest + "/**"
	}
	if !strings.Contains(glob, "/") {
		if ok, _ := path.Match(glob, path.Base(p)); ok {
			return true
		}
	}
	g, s := strings.Split(strings.TrimPrefix(glob, "/"), "/"), strings.Split(p, "/")
	return matchParts(g, s) || matchParts(append(g, "**"), s)
}

// matchParts matches folder by folder, with one place to go back to for "**".
func matchParts(g, s []string) bool {
	gi, si, star, mark := 0, 0, -1, 0
	for si < len(s) {
		if gi < len(g) && g[gi] == "**" {
			star, mark = gi, si
			gi++
			continue
		}
		if gi < len(g) {
			if ok, _ := path.Match(g[gi], s[si]); ok {
				gi++
				si++
				continue
			}
		}
		if star < 0 {
			return false
		}
		mark++
		gi, si = star+1, mark
	}
	for gi < len(g) && g[gi] == "**" {
		gi++
	}
	return gi == len(g)
}

// An Error says what is wrong in a configuration file, and where.
type Error struct {
	File         string
	Line, Column int
	Text         string
	Hint         string
}

func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Text)
	}
	return fmt.Sprintf("%s: %s", e.File, e.Text)
}

// AcceptsClaim reports whether a pattern of accept-claims covers a package:
// "npm:@acme/*" and "npm:left-pad" as everywhere, "*" every name, and "npm:*"
// every name of an ecosystem, scoped ones too.
func AcceptsClaim(pattern string, p ecosystem.Package) bool {
	eco, glob := splitPattern(pattern)
	if glob == "*" || glob == "**" {
		return eco == ecosystem.Unknown || eco == p.Ecosystem
	}
	return MatchPackage(eco, glob, p)
}
