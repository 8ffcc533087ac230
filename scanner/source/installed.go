package source

import (
	"bytes"
	"figment/scanner/git"
	"figment/scanner/text"
	"path"
	"slices"
	"strings"
)

// A command names a file as seen from the directory in which somebody runs it:
// mostly the project's, often that of the script, in a container any. The text
// does not say which.

// maxInstalled bounds the files that one path of a command may mean.
const maxInstalled = 20

// Listed finds paths of a tree by their last element.
type Listed struct {
	paths    []string // of files, sorted
	byBase   map[string][]string
	dirs     map[string]bool
	compared int
}

// NewListed makes one of paths, directories with a final slash.
func NewListed(paths []string) *Listed {
	l := &Listed{byBase: map[string][]string{}, dirs: map[string]bool{}}
	for _, p := range paths {
		if dir, ok := strings.CutSuffix(p, "/"); ok {
			l.dirs[dir] = true
		}
		if !strings.HasSuffix(p, "/") {
			l.byBase[path.Base(p)] = append(l.byBase[path.Base(p)], p)
			l.paths = append(l.paths, p)
		}
	}
	slices.Sort(l.paths)
	return l
}

// Installed gives the files of a tree that a command in the file by may mean by
// a path: those that it leads to from the directory of by or one above it; else
// those anywhere that agree with it in most of its last elements.
func (r *Recognition) Installed(by, name string, exists func(string) bool, l *Listed) []string {
	name = strings.ReplaceAll(name, `\`, "/")
	if len(name) > 1 && name[1] == ':' {
		name = name[2:]
	}
	if Pattern(name) {
		if found := l.matching(by, name, r.Document(by)); len(found) > 0 || strings.ContainsAny(name, "*?") {
			return found
		}
	}
	var out []string
	if !path.IsAbs(name) {
		for d := path.Dir(by); ; d = path.Dir(d) {
			if p := path.Join(d, name); validPath(p) && exists(p) && !slices.Contains(out, p) {
				out = append(out, p)
			}
			if d == "." || d == "/" || len(out) >= maxInstalled {
				break
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	want := strings.Split(strings.Trim(path.Clean("/"+name), "/"), "/")
	most := 0
	for _, p := range l.byBase[want[len(want)-1]] {
		n, rest := 0, p
		for i := len(want) - 1; i >= 0 && rest != "."; i, rest = i-1, path.Dir(rest) {
			if path.Base(rest) != want[i] {
				break
			}
			n++
		}
		switch {
		case n > most:
			most, out = n, append(out[:0], p)
		case n == most && len(out) < maxInstalled:
			out = append(out, p)
		}
	}
	return out
}

// BesidePaths are those at which a file may be that another one takes values from:
// seen from its folder and from those above it.
func BesidePaths(by, name string) (out []string) {
	if path.IsAbs(name) || strings.ContainsAny(name, "*?[") || strings.Contains(name, "://") {
		return nil
	}
	for d := path.Dir(by); len(out) < maxInstalled; d = path.Dir(d) {
		if p := path.Join(d, name); validPath(p) {
			out = append(out, p)
		}
		if d == "." || d == "/" {
			break
		}
	}
	return out
}

func validPath(p string) bool { return p != "." && p != ".." && !strings.HasPrefix(p, "../") }

// NotInstalled is the reason for what a command of a file takes requirements
// from and what was not read, and whether a report is incomplete for it. In a
// document that is an example: the file is that of the reader.
func (r *Recognition) NotInstalled(by string) (why Why, dropped bool) {
	if r.Document(by) {
		return "", false
	}
	return NotFollowed, r.Severe(by)
}

// Document reports whether a file holds examples for people: what a command in
// it names may be anywhere.
func (r *Recognition) Document(p string) bool {
	kind, _ := r.classify(p)
	return kind == DocFile || p == "-" || p == ""
}

// commands reports whether the commands of a file of that name are read.
func (s *Changes) commands(p string) bool {
	switch kind, _ := s.rec().classify(p); kind {
	case ScriptFile, DocFile, SourceFile, Sniffed:
		return true
	}
	return s.rec().files(p).Runs
}

// installing gives the files of either side whose commands may name lists: those
// that the change touches, and the others where it touches a file that such a
// command may name.
func (s *Changes) installing() []string {
	if s.o.Includes == nil || s.o.NoSource {
		return nil
	}
	var out []string
	seen := map[string]bool{}
	add := func(p string) {
		if !seen[p] && s.commands(p) && !s.skipped(p) {
			seen[p] = true
			out = append(out, p)
		}
	}
	// On disk only those were compared that are read by their names.
	all := s.onDisk || s.whole
	document := false         // one changed, which a script may run
	sets := false             // one of a shell did that holds nothing but values, which others may take
	near := map[string]bool{} // folders whose sources may run a file that is touched
	for p := range s.was {
		switch kind, _ := s.rec().classify(p); {
		case s.isList(p) || s.skipped(p):
		case kind == NoFile || kind == Sniffed:
			all = true // a command may say what it is
			for d := path.Dir(p); !near[d]; d = path.Dir(d) {
				near[d] = true
			}
		case kind == DocFile:
			document = true
		case kind == ScriptFile:
			sets = sets || s.onlySets(p)
		}
		add(p)
	}
	for i := range s.judged {
		add(s.judged[i].path)
	}
	for i := range s.gone {
		add(s.gone[i].path)
	}
	if !all {
		all = slices.ContainsFunc(out, func(p string) bool {
			for _, text := range []func(string) ([]byte, bool){s.newText, s.oldText} {
				if data, ok := text(p); ok && slices.ContainsFunc(s.includesOf(p, data, nil), func(in Include) bool { return in.Command }) {
					return true
				}
			}
			return false
		})
	}
	if all || document || sets {
		for _, p := range s.list {
			if kind, _ := s.rec().classify(p); (kind != SourceFile || near[path.Dir(p)]) && (all || kind != DocFile) && (all || document || kind == ScriptFile) && len(out) < s.mostBeside {
				if f, ok := s.side[p]; ok && s.isFile(f) {
					add(p)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// onlySets reports whether a script of either side assigns values and does
// little else: what installs is then in others, which take them.
func (s *Changes) onlySets(p string) bool {
	for _, read := range []func(string) ([]byte, bool){s.newText, s.oldText} {
		data, ok := read(p)
		if !ok {
			continue
		}
		sets, all := 0, 0
		text.EachLine(data, func(line []byte) bool {
			line = bytes.TrimPrefix(bytes.TrimSpace(line), []byte("export "))
			if len(line) > 0 && line[0] != '#' {
				all++
				if at := bytes.IndexByte(line, '='); at > 0 && bytes.IndexByte(line[:at], ' ') < 0 {
					sets++
				}
			}
			return true
		})
		if sets*2 > all {
			return true
		}
	}
	return false
}

// listed finds the paths of one side by their last elements.
func (s *Changes) listed(v view) *Listed {
	seen := map[string]bool{}
	var all []string
	for _, side := range []map[string]git.Entry{s.side, s.was, s.tree} {
		for p := range side {
			if _, ok := v.at(p); ok && !seen[p] && !s.skipped(p) {
				seen[p] = true
				all = append(all, p)
			}
		}
	}
	slices.Sort(all)
	return NewListed(all)
}

// ToRun leaves those of the files that a command may run by a path which are not
// read in its language by their own names. In a document, only those count that
// the path leads to. Of what matches a pattern, nothing counts that is read as
// something else: most often it stands there beside what is meant.
func (r *Recognition) ToRun(by, name string, lang text.Lang, files []string, l *Listed) []string {
	return slices.DeleteFunc(files, func(p string) bool {
		if l.dirs[p] || r.ReadAs(p, lang) == p || p == by {
			return true
		}
		if Pattern(name) {
			kind, _ := r.classify(p)
			return kind != NoFile && kind != Sniffed
		}
		at := path.Clean(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "./"))
		return p != at && !strings.HasSuffix(p, "/"+at) && (r.Document(by) || lang == Program)
	})
}

// Program is the language of a file that is run by its own name: its first line
// says which it is, else it is the shell's.
const Program text.Lang = "program"

// ReadAs gives the name by which a file is read as a text in a language that a
// command runs it in: its own where that says so already.
func (r *Recognition) ReadAs(p string, lang text.Lang) string {
	kind, own := r.classify(p)
	known := kind != NoFile && kind != Sniffed
	if lang == Program {
		if known || kind == Sniffed && r.knownKind(p) != "" {
			return p
		}
		return path.Join(path.Dir(p), r.hooks, "program") // read like a hook
	}
	i := slices.IndexFunc(r.languages, func(l text.Language) bool { return l.Lang == lang && l.Run != "" })
	if i < 0 || known && r.family(own) == r.family(lang) {
		return p
	}
	return p + r.languages[i].Run
}

// family is the language of which one is a form.
func (r *Recognition) family(lang text.Lang) text.Lang {
	for i := range r.languages {
		if l := &r.languages[i]; l.Lang == lang && l.Of != "" {
			return l.Of
		}
	}
	return lang
}
