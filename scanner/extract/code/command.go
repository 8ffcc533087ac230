package code

import (
	"bytes"
	"strings"

	"figment/scanner/text"
)

// Command is the text of the shell that runs the value.
func (v *Value) Command() ([]byte, text.Map) {
	var b text.Builder
	if !v.IsList {
		v.program(&b, "$_")
		return b.Done()
	}
	at := 0
	if len(v.List) > 1 && v.List[0].Other || len(v.List) > 1 && len(v.List[0].Alternatives) == 1 && v.List[0].Alternatives[0].hasHole() {
		// What is given the option -m is Python, whatever it is called.
		if l, ok := v.List[1].single(); ok && l == "-m" {
			start := 0
			if a := v.List[1].Alternatives[0]; len(a.Parts) > 0 {
				start = a.Parts[0].Span.Start
			}
			b.Escape("python", start, 0)
			v = &Value{IsList: true, List: v.List[1:]}
		}
	}
	for _, e := range v.List {
		for _, a := range e.Filled(at, at).Alternatives {
			if a.IsList { // spawn("npm", ["i", "x"])
				inner := a
				for _, f := range inner.List {
					for _, g := range f.Filled(at, at).Alternatives {
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
func (o *Outcome) single() (s string, ok bool) {
	if len(o.Alternatives) != 1 || o.Other {
		return "", false
	}
	l, ok := o.Alternatives[0].Literal()
	return l.Text, ok && !l.Open
}

// quoted writes a string as one word of a command.
func (v *Value) quoted(b *text.Builder, at int) int {
	if len(v.Parts) > 0 {
		at = max(at, v.Parts[0].Span.Start)
	}
	if b.Len() > 0 {
		b.Escape(" ", at, 0)
	}
	special := false
	for _, p := range v.Parts {
		special = special || strings.ContainsAny(p.Text, " \t'\"$`;&|<>()\\\n*?#~")
	}
	if !special {
		for k := range v.Parts {
			if p := &v.Parts[k]; p.Hole {
				b.Escape("$word", p.Span.Start, p.Span.Len())
			} else {
				v.write(b, p)
			}
			at = v.Parts[k].Span.End
		}
		return at
	}
	// The parts of a word that has to be quoted stand for themselves one by one.
	for k := range v.Parts {
		p := v.Parts[k]
		if p.Hole {
			b.Escape("\"$word\"", p.Span.Start, p.Span.Len())
		} else {
			v.inQuotes(b, p)
		}
		at = p.Span.End
	}
	return at
}

// inQuotes writes a part of a word in quotes of the shell.
func (v *Value) inQuotes(b *text.Builder, p Part) {
	b.Escape("'", p.Span.Start, 0)
	if !p.Verbatim {
		p.Text = strings.ReplaceAll(p.Text, "'", `'\''`)
		v.write(b, &p)
	} else {
		at := p.Span.Start
		for n, piece := range strings.Split(p.Text, "'") {
			if n > 0 {
				b.Escape(`'\''`, at, 1)
				at++
			}
			b.Verbatim([]byte(piece), at)
			at += len(piece)
		}
	}
	b.Escape("'", p.Span.End, 0)
}

// Assignment is the text of the shell that gives the value to a variable.
func Assignment(name string, v *Value) ([]byte, text.Map) {
	var b text.Builder
	if len(v.Parts) > 0 {
		b.Escape(name+"=", v.Parts[0].Span.Start, 0)
	}
	for _, p := range v.Parts {
		v.inQuotes(&b, p)
	}
	return b.Done()
}

// Commands makes commands of arguments of which the first is the program:
// execvp("pip", ["pip", "install", "x"]), spawn("pip", ["install", "x"]).
func (v *Value) Commands() (out []Value) {
	var list []Outcome
	for k := range v.List {
		if v.Keys == nil || v.Keys[k] == "" || v.Keys[k] == "args" || v.Keys[k] == "arguments" {
			list = append(list, v.List[k])
		}
	}
	if len(list) < 2 {
		return nil
	}
	for _, first := range list[0].Alternatives {
		if first.IsList {
			continue
		}
		program := Outcome{Alternatives: []Value{first}}
		words := false
		for _, second := range list[1].Alternatives {
			if second.IsList && len(out) < MaxValues {
				rest := second.List
				if len(rest) > 1 {
					if name, ok := rest[0].single(); ok { // what the program is told that it is called
						if own, ok := program.single(); ok && own == name {
							rest = rest[1:]
						}
					}
				}
				out = append(out, Value{IsList: true, List: append([]Outcome{program}, rest...)})
			}
			words = words || !second.IsList
		}
		if words && len(out) < MaxValues {
			out = append(out, Value{IsList: true, List: append([]Outcome{program}, list[1:]...)})
		}
	}
	return out
}

// RunsCode reports whether a command may be an interpreter that is given code.
func RunsCode(src []byte) bool {
	return bytes.Contains(src, []byte(" -")) && (bytes.Contains(src, []byte("import")) || bytes.Contains(src, []byte("require")))
}

// CodeOf makes a text of its own of a value that is code. told: the name of a
// module in it is not known.
func CodeOf(f *text.Fragment, v *Value, lang text.Lang) (d *text.Fragment, told bool) {
	var b text.Builder
	for k := range v.Parts {
		p := &v.Parts[k]
		if !p.Hole {
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
		b.Escape(fill, p.Span.Start, p.Span.Len())
	}
	if b.Len() == 0 {
		return nil, told
	}
	src, m := b.Done()
	return f.Derive(src, m, lang), told
}
