package scanner

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/source"
	"figment/scanner/text"
)

// A change can make a name public in a file that it does not touch: it deletes
// the alias, the module, the workspace member or the setting by which the name
// was the project's own. Where it touches what says so, the sources that may use
// such names are read too, as context, and names count as new that a registry is
// asked for now and was not before.

// A moved ecosystem is one in which a change may give names another owner.
type moved struct {
	by    string          // the file of the change that does
	words map[string]bool // only files with one of these can use such names; nil: any can
}

// aliasWords are words of the aliases that lead to files; any is false where no
// name is led to a file.
type aliasWords struct {
	words []string
	any   bool
}

// movedBy finds the ecosystems in which the change may give names another owner.
func (w *Workspace) movedBy(src change) map[ecosystem.Ecosystem]*moved {
	out := map[ecosystem.Ecosystem]*moved{}
	before := src.Before()
	side := func(from source.Source, p string) project.Text {
		data, err := from.Read(p)
		return project.Text{Data: data, There: !errors.Is(err, fs.ErrNotExist), Unread: err != nil && !errors.Is(err, fs.ErrNotExist)}
	}
	rules := adapter.Projects(w.o.Adapters)
	for _, p := range src.Altered(func(p string) bool { return project.Owns(rules, p) }) {
		if e, ok := project.Moves(rules, p, side(before, p), side(src, p)); ok && out[e] == nil {
			out[e] = &moved{by: p}
		}
	}
	if w.o.privacyChanged() {
		for _, r := range rules {
			if e := r.Ecosystem; out[e] == nil {
				out[e] = &moved{by: cmp.Or(w.o.Base.Config, ".figment.toml")}
			}
		}
	}
	// A module that is gone may have been what a name led to.
	aliases := map[ecosystem.Ecosystem]aliasWords{} // what else may lead to any of them
	for n, p := range src.Removed() {
		p, many := strings.CutSuffix(p, "/")
		words := removedWords(src, p)
		take := func(e ecosystem.Ecosystem, more []string) {
			m := out[e]
			if m == nil {
				m = &moved{by: p, words: map[string]bool{}}
				out[e] = m
			}
			if many {
				m.words = nil
			}
			if m.words == nil {
				return
			}
			for _, word := range slices.Concat(words, more) {
				m.words[word] = true
			}
		}
		if n == 0 {
			old, _ := project.Load(before, nil, w.o.projectOptions())
			for _, r := range rules {
				words, any := old.AliasWords(r.Ecosystem)
				aliases[r.Ecosystem] = aliasWords{words, any}
			}
		}
		r := project.Importing(rules, p)
		if r == nil || r.Folders && src.Exists(path.Dir(p)) {
			continue
		}
		if more := aliases[r.Ecosystem]; more.any {
			take(r.Ecosystem, more.words)
		}
	}
	return out
}

// removedWords are the words of which one stands where a file that is gone was
// used: its own name, that of its directory, and of those that are gone with it.
func removedWords(now source.Source, p string) []string {
	stem, _, _ := strings.Cut(path.Base(p), ".")
	out := project.Words(stem)
	for d := path.Dir(p); d != "."; d = path.Dir(d) {
		out = append(out, project.Words(d)...)
		if now.Exists(d) {
			break
		}
	}
	return out
}

// beside reads the sources that the change does not touch and in which names may
// have another owner since.
func (w *Workspace) beside(ctx context.Context, src change) []source.Problem {
	if len(w.moved) == 0 {
		return nil
	}
	by := ""
	for _, m := range w.moved {
		if by == "" || m.by < by {
			by = m.by
		}
	}
	rules := adapter.Projects(w.o.Adapters)
	want := func(_ string, lang text.Lang) bool {
		of := project.RulesOf(rules, lang)
		return of == nil || w.moved[of.Ecosystem] != nil
	}
	keep := func(p string, body []byte) bool {
		body, _ = text.Decode(body)
		of := project.RulesOf(rules, w.o.Formats.Recognition().LangOf(p))
		for _, one := range rules {
			if m := w.moved[one.Ecosystem]; m != nil && (of == nil || of == one) && m.mayUse(one, body) {
				return true
			}
		}
		return false
	}
	return src.Beside(ctx, by, want, keep, w.read)
}

// mayUse reports whether a text may use a name that has another owner now. Where
// letters may be written otherwise, it may.
func (m *moved) mayUse(rules *project.Rules, text []byte) bool {
	if m.words == nil {
		return true
	}
	if rules.Respelled != nil && rules.Respelled(text) {
		return true
	}
	for i := 0; i < len(text); {
		start := i
		for i < len(text) && inWord(text[i]) {
			i++
		}
		if m.words[string(text[start:i])] {
			return true
		}
		i = max(i, start+1)
	}
	return false
}

func inWord(c byte) bool {
	return c == '_' || c == '-' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c >= utf8.RuneSelf
}

// turnedPublic reports whether a registry is asked for a name of an untouched
// file that it was not asked for before.
func turnedPublic(r *extract.Reference, was, now project.Origin) bool {
	return r.Kind != extract.Mention && (now == project.Public || now == project.Private) && was != project.Public && was != now
}
