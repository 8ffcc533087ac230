package extract

import (
	"bytes"
	"strings"

	"figment/scanner/text"
)

// command is the text of the shell that runs the value.
func (v *value) command() ([]byte, text.Map) {
	var b text.Builder
	if !v.isSet {
		v.program(&b, "$_")
		return b.Done()
	}
	at := 0
	if len(v.list) > 1 && v.list[0].other || len(v.list) > 1 && len(v.list[0].alts) == 1 && v.list[0].alts[0].hasHole() {
		// What is given the option -m is Python, whatever it is called.
		if l, ok := v.list[1].single(); ok && l == "-m" {
			start := 0
			if a := v.list[1].alts[0]; len(a.parts) > 0 {
				start = a.parts[0].span.Start
			}
			b.Escape("python", start, 0)
			v = &value{isSet: true, list: v.list[1:]}
		}
	}
	for _, e := range v.list {
		for _, a := range e.filled(at, at).alts {
			if a.isSet { // spawn("npm", ["i", "x"])
				inner := a
				for _, f := range inner.list {
					for _, g := range f.filled(at, at).alts {
						at = g.quoted(&b, at)
					}
				}
				continue
			}
			at = a.quoted(&b, at)
		}
	}
	return b.Done()
}

// single is the text of an outcome that is one string.
func (o *outcome) single() (s string, ok bool) {
	if len(o.alts) != 1 || o.other {
		return "", false
	}
	l, ok := o.alts[0].whole()
	return l.text, ok && !l.open
}

// quoted writes a string as one word of a command.
func (v *value) quoted(b *text.Builder, at int) int {
	if len(v.parts) > 0 {
		at = max(at, v.parts[0].span.Start)
	}
	if b.Len() > 0 {
		b.Escape(" ", at, 0)
	}
	special := false
	for _, p := range v.parts {
		special = special || strings.ContainsAny(p.text, " \t'\"$`;&|<>()\\\n*?#~")
	}
	if !special {
		for k := range v.parts {
			if p := &v.parts[k]; p.hole {
				b.Escape("$word", p.span.Start, p.span.Len())
			} else {
				v.write(b, p)
			}
			at = v.parts[k].span.End
		}
		return at
	}
	// The parts of a word that has to be quoted stand for themselves one by one.
	for k := range v.parts {
		p := v.parts[k]
		if p.hole {
			b.Escape("\"$word\"", p.span.Start, p.span.Len())
		} else {
			b.Escape("'", p.span.Start, 0)
			p.text = strings.ReplaceAll(p.text, "'", " ")
			v.write(b, &p)
			b.Escape("'", p.span.End, 0)
		}
		at = p.span.End
	}
	return at
}

// together makes commands of arguments of which the first is the program:
// execvp("pip", ["pip", "install", "x"]), spawn("pip", ["install", "x"]).
func (v *value) together() (out []value) {
	var list []outcome
	for k := range v.list {
		if v.keys == nil || v.keys[k] == "" || v.keys[k] == "args" || v.keys[k] == "arguments" {
			list = append(list, v.list[k])
		}
	}
	if len(list) < 2 {
		return nil
	}
	for _, first := range list[0].alts {
		if first.isSet {
			continue
		}
		program := outcome{alts: []value{first}}
		words := false
		for _, second := range list[1].alts {
			if second.isSet && len(out) < maxValues {
				rest := second.list
				if len(rest) > 1 {
					if name, ok := rest[0].single(); ok { // what the program is told that it is called
						if own, ok := program.single(); ok && own == name {
							rest = rest[1:]
						}
					}
				}
				out = append(out, value{isSet: true, list: append([]outcome{program}, rest...)})
			}
			words = words || !second.isSet
		}
		if words && len(out) < maxValues {
			out = append(out, value{isSet: true, list: append([]outcome{program}, list[1:]...)})
		}
	}
	return out
}

// runsCode reports whether a command may be an interpreter that is given code.
func runsCode(src []byte) bool {
	return bytes.Contains(src, []byte(" -")) && (bytes.Contains(src, []byte("import")) || bytes.Contains(src, []byte("require")))
}

// codeOf makes a text of its own of a value that is code. told: the name of a
// module in it is not known.
func codeOf(f *text.Fragment, v *value, lang text.Lang) (d *text.Fragment, told bool) {
	var b text.Builder
	for k := range v.parts {
		p := &v.parts[k]
		if !p.hole {
			v.write(&b, p)
			continue
		}
		so, _ := b.Done()
		so = bytes.TrimRight(so[max(0, len(so)-100):], " \t\r\n('\"`")
		for _, w := range []string{"import", "from", "import_module", "__import__", "require"} {
			if bytes.HasSuffix(so, []byte(w)) && (len(so) == len(w) || !text.IsLetter(so[len(so)-len(w)-1])) {
				told = true
			}
		}
		fill := " "
		if bytes.HasSuffix(so, []byte(".")) {
			fill = "_"
		}
		b.Escape(fill, p.span.Start, p.span.Len())
	}
	if b.Len() == 0 {
		return nil, told
	}
	src, m := b.Done()
	return f.Derive(src, m, lang), told
}
