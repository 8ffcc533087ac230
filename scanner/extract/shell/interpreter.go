package shell

import (
	"strings"

	"figment/scanner/text"
)

// isSelf reports whether a word is the file that is read: "$0".
func (s *shellReader) isSelf(w Word) bool {
	if w.Text != "$" || s.f.Depth > 0 || s.f.Label != "" || strings.Contains(w.Hole, "dirname") {
		return false
	}
	return strings.Contains(w.Hole, "$0") || strings.Contains(w.Hole, "${0") || strings.Contains(w.Hole, "BASH_SOURCE")
}

// own reads the file itself in another language: its first lines hand it to the
// program for that.
func (s *shellReader) own(lang text.Lang) {
	if lang == text.Shell || lang == text.Undecided || s.self[lang] {
		return
	}
	s.self[lang] = true
	f := *s.f
	f.Lang, f.Name, f.Depth = lang, "", f.Depth+1
	s.e.Fragment(&f, s.flags)
}

// contents hands over the files whose content is a part of a word that is code:
// sh -c "$(cat f)".
func (s *shellReader) contents(w Word, lang text.Lang) {
	for i := range w.offs {
		if w.Text[i] == '$' {
			for _, f := range s.files[w.offs[i]] {
				s.c.run(f, lang)
			}
		}
	}
}

// feed hands over what an interpreter reads as code.
func (s *shellReader) feed(in []Word, lang text.Lang) {
	for _, w := range in {
		switch {
		case w.file:
			s.c.run(w, lang)
		case len(w.offs) > 0:
			s.contents(w, lang)
			s.e.Fragment(derived(s.f, w, lang), s.flags)
		}
	}
}

// interpreter hands over code given to an interpreter, as an argument or to its
// standard input. It reports whether the command was one that runs its input.
func (s *shellReader) interpreter(ws, in []Word) bool {
	if len(ws) == 0 {
		return false
	}
	switch name := program(ws[0].Text); name {
	case "su":
		for _, w := range ws[1:] {
			if t := w.Text; t != "--" && strings.HasPrefix(t, "-") && !strings.HasPrefix(t, "--") && strings.HasSuffix(t, "c") {
				return false // its commands are an argument
			}
		}
		s.feed(in, text.Shell)
		return len(in) > 0
	case "ssh":
		rest := SkipFlags(ws[1:], sshValues)
		if len(rest) > 2 && rest[1].Text == "--" {
			rest = rest[1:]
		}
		if len(rest) > 1 {
			return s.interpreter(s.c.peel(rest[1:]), in) && false
		}
		s.feed(in, text.Shell)
		return false
	case "at", "batch", "crontab":
		s.feed(in, text.Shell)
		return false
	case "deno":
		if len(ws) > 2 && ws[1].Text == "eval" {
			s.code(ws[2], text.TypeScript)
			return false
		}
	case "perl", "ruby", "php", "lua", "expect":
		if codeWords(name, ws) == nil {
			s.feed(in, text.Other)
		}
		return false
	}
	r := s.c.g.invoked(s.c.inside(ws))
	if r == nil {
		return false
	}
	for _, w := range r.code {
		if r.lang != text.PowerShell { // which is read by the words of the command
			s.code(w, r.lang)
		}
	}
	if w := r.script; w != nil && strings.HasPrefix(w.Hole, "<(") && len(w.offs) > 0 {
		s.feed(s.made[w.offs[0]], r.lang)
	}
	if !r.stdin {
		return false
	}
	s.feed(in, r.lang)
	return r.lang == text.Shell && len(in) > 0
}

// code hands over an argument that is code.
func (s *shellReader) code(w Word, lang text.Lang) {
	s.contents(w, lang)
	if len(w.offs) > 0 {
		s.e.Fragment(derived(s.f, w, lang), 0)
	}
}
