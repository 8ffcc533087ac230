package policy

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"figment/ecosystem"
	"figment/names"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// Trust says whose a configuration file is.
type Trust uint8

// The trusts. Repository is the zero value: the least is believed.
const (
	Repository Trust = iota
	User
)

// A Key is a plain setting that a configuration file may hold. The table of
// options makes them.
type Key struct {
	Name     string
	UserOnly bool // a repository file must not set it
	// Values are those that the setting can have; none: any.
	Values []string
	// Loosens reports whether value is more permissive than the default; a
	// repository file may then set it only with a reason. nil: never.
	Loosens func(value string) bool
}

// A Setting is the value of a plain key.
type Setting struct {
	Values []string // one, or those of an array
	Reason string
	File   string
	Line   int
}

// A Document is one parsed configuration file.
type Document struct {
	Config
	Settings map[string]Setting
}

// userOnlyTables are settings that would route requests or release credentials.
var userOnlyTables = []string{"registries", "cache"}

// Parse reads a configuration file. The first thing wrong is returned as an
// *Error with its place: unknown keys with the nearest known one, entries
// without a reason, loosening without a reason.
func Parse(file string, data []byte, trust Trust, keys []Key) (*Document, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // editors on Windows write one
	if text.TooDeep(data, text.TOML) {
		return nil, &Error{File: file, Text: fmt.Sprintf("invalid TOML: it nests deeper than %d levels", text.MaxLevels)}
	}
	var root map[string]any
	if err := toml.Unmarshal(data, &root); err != nil {
		return nil, decodeError(file, err)
	}
	where, err := positions(file, data)
	if err != nil {
		return nil, err
	}
	p := &parser{file: file, trust: trust, where: where, doc: &Document{Settings: map[string]Setting{}}}
	for _, name := range sortedKeys(root) {
		if err := p.top(name, root[name], keys); err != nil {
			return nil, err
		}
	}
	return p.doc, nil
}

type place struct{ line, column int }

type parser struct {
	file  string
	trust Trust
	where map[string]place
	doc   *Document
}

func (p *parser) fail(at, hint, format string, args ...any) error {
	w := p.where[at]
	return &Error{File: p.file, Line: w.line, Column: w.column, Text: fmt.Sprintf(format, args...), Hint: hint}
}

func (p *parser) top(name string, v any, keys []Key) error {
	switch name {
	case "private":
		list, ok := stringList(v)
		if !ok {
			return p.fail(name, `private = ["npm:@acme/*"]`, "private must be a list of patterns")
		}
		for _, pattern := range list {
			if strings.Trim(pattern, "*") == "" {
				return p.fail(name, "name what is private", "the pattern `%s` covers every name", pattern)
			}
			if err := p.private(name, pattern); err != nil {
				return err
			}
		}
		if p.trust == User {
			p.doc.UserPrivate = list
		} else {
			p.doc.RepoPrivate = list
		}
		return nil
	case "rules":
		return p.rules(v)
	case "allow", "ignore":
		return p.entries(name, v)
	case "exclude":
		return p.exclude(v)
	}
	for _, k := range keys {
		if k.Name == name {
			return p.setting(k, v)
		}
	}
	known := []string{"private", "rules", "allow", "ignore", "exclude"}
	for _, k := range keys {
		known = append(known, k.Name)
	}
	if slices.Contains(userOnlyTables, name) && p.trust == Repository {
		return p.fail(name, "move it to the user's configuration file: figment help config", "`%s` belongs in the user file: a repository must not route requests", name)
	}
	return p.unknown(name, name, known)
}

// private checks a pattern of private names: one that can match nothing would
// send what it was to protect to a public registry.
func (p *parser) private(at, pattern string) error {
	_, err := ecosystem.ParsePrivate(pattern)
	var bad *ecosystem.PatternError
	if !errors.As(err, &bad) {
		return err
	}
	hint := bad.Hint
	if bad.Word != "" {
		var words []string
		for _, e := range ecosystem.All() {
			words = append(words, string(e))
		}
		hint = "known: " + strings.Join(words, ", ")
		if near := Nearest(bad.Word, words); near != "" {
			hint = fmt.Sprintf("did you mean `%s`?", near+strings.TrimPrefix(strings.TrimSpace(pattern), bad.Word))
		}
	} else if strings.Contains(hint, ":") && !strings.Contains(hint, " ") {
		hint = fmt.Sprintf("did you mean `%s`?", hint)
	}
	return p.fail(at, hint, "the pattern `%s` %s", pattern, bad.Text)
}

// unknown is the error for a key that nobody reads.
func (p *parser) unknown(at, key string, known []string) error {
	hint := "known keys: " + strings.Join(known, ", ")
	if near := Nearest(key, known); near != "" {
		hint = fmt.Sprintf("did you mean `%s`?", near)
	}
	return p.fail(at, hint, "unknown key `%s`", key)
}

func (p *parser) setting(k Key, v any) error {
	if k.UserOnly && p.trust == Repository {
		return p.fail(k.Name, "move it to the user's configuration file: figment help config", "`%s` belongs in the user file", k.Name)
	}
	s := Setting{File: p.file, Line: p.where[k.Name].line}
	if t, ok := v.(map[string]any); ok {
		for _, key := range sortedKeys(t) {
			if key != "value" && key != "reason" {
				return p.unknown(k.Name+"."+key, key, []string{"value", "reason"})
			}
		}
		s.Reason, _ = t["reason"].(string)
		if v, ok = t["value"]; !ok {
			return p.fail(k.Name, fmt.Sprintf(`%s = { value = "…", reason = "…" }`, k.Name), "`%s` has no value", k.Name)
		}
	}
	switch v := v.(type) {
	case string:
		s.Values = []string{v}
	case bool, int64, float64:
		s.Values = []string{fmt.Sprint(v)}
	default:
		list, ok := stringList(v)
		if !ok {
			return p.fail(k.Name, "", "`%s` has a value of a kind that cannot be read", k.Name)
		}
		s.Values = list
	}
	for _, val := range s.Values {
		if len(k.Values) > 0 && !slices.Contains(k.Values, val) {
			hint := "one of: " + strings.Join(k.Values, ", ")
			if near := Nearest(val, k.Values); near != "" {
				hint = fmt.Sprintf("did you mean %q? %s", near, hint)
			}
			return p.fail(k.Name, hint, "`%s` cannot be %q", k.Name, val)
		}
	}
	if p.trust == Repository && k.Loosens != nil && s.Reason == "" {
		for _, val := range s.Values {
			if k.Loosens(val) {
				return p.fail(k.Name, fmt.Sprintf(`%s = { value = "%s", reason = "why" }`, k.Name, val),
					"`%s = %q` is more permissive than the default and needs a reason", k.Name, val)
			}
		}
	}
	p.doc.Settings[k.Name] = s
	return nil
}

func (p *parser) rules(v any) error {
	t, ok := v.(map[string]any)
	if !ok {
		return p.fail("rules", "[rules]", "rules must be a table")
	}
	p.doc.Levels = map[string]Level{}
	for _, id := range sortedKeys(t) {
		at := "rules." + id
		rule := verdict.FindRule(id)
		if rule == nil {
			return p.unknown(at, id, ruleIDs())
		}
		word, reason := "", ""
		switch x := t[id].(type) {
		case string:
			word = x
		case map[string]any:
			for _, key := range sortedKeys(x) {
				if key != "level" && key != "reason" {
					return p.unknown(at+"."+key, key, []string{"level", "reason"})
				}
			}
			word, _ = x["level"].(string)
			reason, _ = x["reason"].(string)
		}
		sev, ok := verdict.ParseSeverity(word)
		if !ok || word == "none" || word == "never" {
			return p.fail(at, "levels: error, warning, note, off", "rule `%s` has the level %q", id, word)
		}
		if p.trust == Repository && sev < rule.Severity && strings.TrimSpace(reason) == "" {
			return p.fail(at, fmt.Sprintf(`%s = { level = "%s", reason = "why" }`, id, word),
				"rule `%s` is set below its default (%s) and needs a reason", id, rule.Severity)
		}
		p.doc.Levels[id] = Level{Severity: sev, Off: word == "off", Reason: reason}
	}
	return nil
}

func ruleIDs() []string {
	ids := make([]string, len(verdict.Rules))
	for i := range verdict.Rules {
		ids[i] = verdict.Rules[i].ID
	}
	return ids
}

func (p *parser) entries(kind string, v any) error {
	list, ok := tableList(v)
	if !ok {
		return p.fail(kind, "[["+kind+"]]", "%s must be an array of tables", kind)
	}
	for n, t := range list {
		at := fmt.Sprintf("%s.%d", kind, n)
		e := Entry{Kind: kind, File: p.file, Line: p.where[at].line}
		known := []string{"package", "paths", "rules", "reason", "expires", "advisory"}
		for _, key := range sortedKeys(t) {
			here := at + "." + key
			bad := func(what string) error { return p.fail(here, "", "`%s` of [[%s]] must be %s", key, kind, what) }
			var ok bool
			switch key {
			case "package":
				s, isString := t[key].(string)
				if !isString || strings.TrimSpace(s) == "" {
					return bad("the name of a package, `npm:left-pad`")
				}
				e.Ecosystem, e.Package = splitPattern(s)
				if strings.Trim(e.Package, "*/") == "" {
					return p.fail(here, "name the package", "the pattern `%s` covers every package", s)
				}
			case "paths":
				if e.Paths, ok = stringList(t[key]); !ok {
					return bad("a list of globs")
				}
			case "rules":
				if e.Rules, ok = stringList(t[key]); !ok {
					return bad("a list of rule ids")
				}
				for _, id := range e.Rules {
					if !strings.ContainsAny(id, "*?[") && verdict.FindRule(id) == nil {
						return p.unknown(here, id, ruleIDs())
					}
				}
			case "reason":
				e.Reason, _ = t[key].(string)
			case "advisory":
				e.Advisory, _ = t[key].(string)
			case "expires":
				if e.Expires, ok = date(t[key]); !ok {
					return bad("a date, 2027-02-20")
				}
			default:
				return p.unknown(here, key, known)
			}
		}
		switch {
		case strings.TrimSpace(e.Reason) == "":
			return p.fail(at, `reason = "why this is right"`, "[[%s]] has no reason", kind)
		case kind == "allow" && e.Package == "":
			return p.fail(at, `package = "npm:left-pad"`, "[[allow]] names no package")
		case kind == "ignore" && len(e.Rules) == 0:
			return p.fail(at, `rules = ["nonexistent-package"]`, "[[ignore]] names no rules")
		case kind == "ignore" && e.Package == "" && len(e.Paths) == 0:
			return p.fail(at, `package = "…" or paths = ["…"]`, "[[ignore]] names neither a package nor paths")
		}
		p.doc.Entries = append(p.doc.Entries, e)
	}
	return nil
}

func (p *parser) exclude(v any) error {
	list, ok := tableList(v)
	if !ok {
		return p.fail("exclude", "[[exclude]]", "exclude must be an array of tables")
	}
	for n, t := range list {
		at := fmt.Sprintf("exclude.%d", n)
		for _, key := range sortedKeys(t) {
			if key != "paths" && key != "reason" {
				return p.unknown(at+"."+key, key, []string{"paths", "reason"})
			}
		}
		paths, ok := stringList(t["paths"])
		if !ok || len(paths) == 0 {
			return p.fail(at, `paths = ["examples/**"]`, "[[exclude]] names no paths")
		}
		if reason, _ := t["reason"].(string); strings.TrimSpace(reason) == "" && p.trust == Repository {
			return p.fail(at, `reason = "bait for tests"`, "[[exclude]] has no reason")
		}
		p.doc.Exclude = append(p.doc.Exclude, paths...)
	}
	return nil
}

// splitPattern takes the ecosystem off "npm:@acme/*"; without one the pattern
// holds for all.
func splitPattern(s string) (ecosystem.Ecosystem, string) {
	if word, rest, ok := strings.Cut(s, ":"); ok {
		if e, ok := ecosystem.Lookup(word); ok {
			return e, rest
		}
	}
	return ecosystem.Unknown, s
}

func date(v any) (time.Time, bool) {
	switch v := v.(type) {
	case toml.LocalDate:
		return v.AsTime(time.UTC), true
	case time.Time:
		return v, true
	case string:
		t, err := time.Parse(time.DateOnly, v)
		return t, err == nil
	}
	return time.Time{}, false
}

func stringList(v any) ([]string, bool) {
	switch v := v.(type) {
	case string:
		return []string{v}, true
	case []any:
		out := make([]string, 0, len(v))
		for _, x := range v {
			s, ok := x.(string)
			if !ok {
				return nil, false
			}
			out = append(out, s)
		}
		return out, true
	}
	return nil, false
}

func tableList(v any) ([]map[string]any, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	out := make([]map[string]any, 0, len(list))
	for _, x := range list {
		t, ok := x.(map[string]any)
		if !ok {
			return nil, false
		}
		out = append(out, t)
	}
	return out, true
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// positions notes where each key stands: "rules.young-package", and for arrays
// of tables "allow.0" and "allow.0.package".
func positions(file string, data []byte) (map[string]place, error) {
	where := map[string]place{}
	counts := map[string]int{}
	var prefix string
	var p unstable.Parser
	p.Reset(data)
	for p.NextExpression() {
		n := p.Expression()
		var parts []string
		var at place
		for it := n.Key(); it.Next(); {
			k := it.Node()
			if len(parts) == 0 {
				s := p.Shape(k.Raw).Start
				at = place{s.Line, s.Column}
			}
			parts = append(parts, string(k.Data))
		}
		name := strings.Join(parts, ".")
		note := func(key string) {
			if _, ok := where[key]; !ok {
				where[key] = at
			}
		}
		switch n.Kind {
		case unstable.Table:
			prefix = name
			note(name)
			note(parts[0])
		case unstable.ArrayTable:
			note(name)
			prefix = fmt.Sprintf("%s.%d", name, counts[name])
			counts[name]++
			note(prefix)
		case unstable.KeyValue:
			full := name
			if prefix != "" {
				full = prefix + "." + name
			}
			note(full)
			if len(parts) > 1 && prefix == "" {
				note(parts[0])
			}
		}
	}
	if err := p.Error(); err != nil {
		return nil, decodeError(file, err)
	}
	return where, nil
}

func decodeError(file string, err error) error {
	e := &Error{File: file, Text: "invalid TOML: " + strings.TrimPrefix(err.Error(), "toml: ")}
	if d, ok := err.(*toml.DecodeError); ok {
		e.Line, e.Column = d.Position()
	}
	return e
}

// Nearest is the known word nearest to word, or "" when none is near: at most
// two edits, a swap counting as one, and fewer than half of the letters.
func Nearest(word string, known []string) string {
	best, bestD := "", 3
	for _, k := range known {
		if d := names.Distance(word, k); d < bestD && d*2 < max(len(word), len(k)) {
			best, bestD = k, d
		}
	}
	return best
}
