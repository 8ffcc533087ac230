package local

import (
	"path"
	"slices"
	"strings"

	"figment/internal/lazyregexp"
	"figment/scanner/project"
)

// pathCalls are where a program changes the list of directories that modules are
// imported from.
var pathCalls = lazyregexp.New(`\b(?:sys\s*\.\s*path\s*(?:\.\s*(?:insert|append|extend)\s*\(|\+=|=|\[[^\]\n]*\]\s*=)|site\s*\.\s*addsitedir\s*\()`)

var (
	literals    = lazyregexp.New(`'([^'\n]*)'|"([^"\n]*)"`)
	words       = lazyregexp.New(`[A-Za-z_][A-Za-z0-9_]*`)
	assignments = lazyregexp.New(`(?m)^[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*(?::[^=\n]*)?=[ \t]*([^=\n][^\n]*)$`)
)

// sysPath are the directories that programs of a file's project put on the path
// of modules: what their string literals name. The files are read again the
// first time that a module is found nowhere else.
func (p *projects) sysPath(file string) []string {
	if p.sysPaths == nil {
		p.sysPaths = map[string][]string{}
		for _, f := range p.sysUsers {
			home := p.nearest(f)
			for _, d := range p.pathChanges(f) {
				if list := p.sysPaths[home]; len(list) < 500 && !slices.Contains(list, d) {
					p.sysPaths[home] = append(list, d)
				}
			}
		}
	}
	return p.sysPaths[p.nearest(file)]
}

func (p *projects) pathChanges(f string) []string {
	data, ok := p.ReadText(f)
	if !ok {
		return nil
	}
	calls := pathCalls().FindAllIndex(data, 50)
	if len(calls) == 0 {
		return nil
	}
	assigned, times := map[string]string{}, map[string]int{}
	for _, m := range assignments().FindAllSubmatch(data, 5000) {
		assigned[string(m[1])] = string(m[2])
		times[string(m[1])]++
	}
	var out []string
	for _, at := range calls {
		argument := string(data[at[1]:min(len(data), at[1]+500)])
		depth := 1
		for i := range len(argument) {
			switch argument[i] {
			case '(', '[':
				depth++
			case ')', ']':
				depth--
			}
			if depth == 0 || argument[i] == '\n' && depth == 1 && data[at[1]-1] == '=' {
				argument = argument[:i]
				break
			}
		}
		// Names that are assigned once stand for what they are.
		for range 3 {
			folded := words().ReplaceAllStringFunc(argument, func(w string) string {
				if times[w] == 1 && len(assigned[w]) < 300 {
					return assigned[w]
				}
				return w
			})
			if folded == argument || len(folded) > 4000 {
				break
			}
			argument = folded
		}
		var words []string
		for _, m := range literals().FindAllStringSubmatch(argument, 50) {
			words = append(words, m[1]+m[2])
		}
		for i := range words {
			for _, w := range []string{words[i], path.Join(words[i:]...)} {
				project.Up(path.Dir(f), func(dir string) bool {
					d := path.Join(dir, strings.TrimPrefix(w, "/"))
					if d != "." && p.IsDir(d) && !slices.Contains(out, d) {
						out = append(out, d)
						return false
					}
					return true
				})
			}
		}
	}
	return out
}
