package container

import (
	"bytes"
	"figment/scanner/text"
	"strings"
)

// splitMakefile gives the recipes of a makefile: the lines that a tab begins,
// or blanks where the text was pasted. "$$" is "$" there, a variable of make
// stands for its values where the text has them, and $(shell c) is the shell's
// $(c). Any other variable of make looks like a command whose output is a word.
//
// Manual: https://www.gnu.org/software/make/manual/make.html#Recipes
func splitMakefile(s *Splitter, f *text.Fragment) {
	t := f.Text
	var b, rest text.Builder
	flush := func() {
		if b.Len() > 0 {
			src, m := b.Done()
			s.Split(f.Derive(src, m, text.Shell))
		}
		b = text.Builder{}
	}
	more := false
	vars := variablesOf(t)
	for i := 0; i < len(t); {
		end, next := text.LineBounds(t, i)
		at := i
		switch {
		case len(bytes.TrimSpace(t[i:end])) == 0:
			more = false
		case more, t[i] == '\t', t[i] == ' ':
			if !more {
				for at < end && strings.IndexByte(" \t@-+", t[at]) >= 0 {
					at++
				}
			}
			for k := at; k < next; {
				n := bytes.IndexByte(t[k:next], '$')
				if n < 0 {
					b.Verbatim(t[k:next], k)
					break
				}
				b.Verbatim(t[k:k+n], k)
				k += n
				value, size := vars.at(t[k:next])
				if size == 0 {
					value, size = "$", 1
				}
				b.Escape(value, k, size)
				k += size
			}
			more = continued(t[i:end])
		default:
			flush()
			rest.Verbatim(t[i:next], i)
		}
		i = next
	}
	flush()
	s.rest(f, &rest)
}

// makeVariables are the values that a makefile gives to names, one behind the
// other where there are several.
type makeVariables struct {
	values map[string]string
	left   int // bytes that values may still make
}

// Limits of the variables of one makefile.
const (
	maxMakeVariables = 500
	maxMakeValue     = 1000
	maxMakeDepth     = 5
)

// variablesOf reads "A = b", "A := b", "A ?= b", "A += b".
func variablesOf(t []byte) *makeVariables {
	v := &makeVariables{values: map[string]string{}, left: len(t) + 1000}
	if bytes.IndexByte(t, '$') < 0 {
		return v
	}
	for i := 0; i < len(t); {
		end, next := text.LineBounds(t, i)
		for continued(t[i:end]) && next < len(t) && end-i < maxMakeValue {
			end, next = text.LineBounds(t, next)
		}
		line := t[i:end]
		i = next
		at := bytes.IndexByte(line, '=')
		if at <= 0 || line[0] == '\t' || len(line) > 2*maxMakeValue {
			continue
		}
		name := strings.TrimSpace(strings.TrimRight(string(line[:at]), ":?+"))
		name = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(name, "export "), "override "))
		if name == "" || strings.ContainsAny(name, " \t$(){}#:\"'!,") {
			continue
		}
		value, _, _ := strings.Cut(strings.ReplaceAll(string(line[at+1:]), "\\\n", " "), " #")
		value = strings.TrimSpace(value)
		if old, ok := v.values[name]; ok {
			value = old + " " + value
		} else if len(v.values) >= maxMakeVariables {
			continue
		}
		if len(value) <= maxMakeValue {
			v.values[name] = value
		}
	}
	return v
}

// at gives what stands for the "$" that a text begins with, and how many bytes
// that is; 0: nothing is known of it.
func (v *makeVariables) at(s []byte) (value string, size int) {
	return v.expand(string(s[:min(len(s), maxMakeValue)]), 0)
}

func (v *makeVariables) expand(s string, depth int) (value string, size int) {
	if strings.HasPrefix(s, "$$") {
		return "$", 2
	}
	for _, open := range []string{"$(shell ", "${shell "} {
		if strings.HasPrefix(s, open) {
			return "$(", len(open) // its bracket closes it as well
		}
	}
	if len(s) < 4 || s[1] != '(' && s[1] != '{' {
		return "", 0
	}
	end := strings.IndexByte(s, "(){}"[strings.IndexByte("({", s[1])*2+1])
	if end < 0 {
		return "", 0
	}
	whole, ok := v.values[s[2:end]]
	if v.left -= len(whole); !ok || v.left < 0 || depth > maxMakeDepth {
		return "", 0
	}
	var b strings.Builder
	for i := 0; i < len(whole); {
		if whole[i] != '$' {
			b.WriteByte(whole[i])
			i++
			continue
		}
		inner, n := v.expand(whole[i:], depth+1)
		if n == 0 {
			inner, n = "$", 1
		}
		b.WriteString(inner)
		i += n
	}
	return b.String(), end + 1
}
