package extract

import (
	"strings"

	"figment/scanner/text"
)

// reads reports whether a word is the standard input by another name. What a
// command in <(…) writes is handed over.
func (s *shellReader) reads(w word, lang text.Lang) bool {
	switch w.text {
	case "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0":
		return true
	}
	if strings.HasPrefix(w.hole, "<(") && len(w.offs) > 0 {
		for _, out := range s.made[w.offs[0]] {
			if len(out.offs) > 0 {
				s.e.Fragment(derived(s.f, out, lang), s.flags)
			}
		}
	}
	return false
}

// interpreter hands over code given to an interpreter, as an argument or to its
// standard input. It reports whether the command was one that runs its input.
func (s *shellReader) interpreter(ws, in []word) bool {
	if len(ws) == 0 {
		return false
	}
	feed := func(lang text.Lang) {
		for _, w := range in {
			if len(w.offs) > 0 {
				s.e.Fragment(derived(s.f, w, lang), s.flags)
			}
		}
	}
	name := program(ws[0].text)
	var lang text.Lang
	flag := "-c"
	switch name {
	case "python", "pypy", "py":
		lang = text.Python
	case "node", "nodejs":
		lang, flag = text.JavaScript, "-e"
	case "deno":
		if len(ws) > 2 && ws[1].text == "eval" && len(ws[2].offs) > 0 {
			s.e.Fragment(derived(s.f, ws[2], text.TypeScript), 0)
		}
		return false
	case "bash", "sh", "zsh", "dash", "ksh", "ash", "su":
		for _, w := range ws[1:] {
			t := w.text
			if t == "-s" || t == "-" || t == "--" || s.reads(w, text.Shell) {
				break
			}
			if strings.HasPrefix(t, "-") && !strings.HasPrefix(t, "--") && strings.HasSuffix(t, "c") {
				return false // its commands are an argument
			}
			if !strings.HasPrefix(t, "-") && !strings.HasPrefix(t, "+") && name != "su" {
				return false // a script
			}
		}
		feed(text.Shell)
		return len(in) > 0
	case "ssh", "at", "batch", "crontab":
		feed(text.Shell)
		return false
	case ".", "source":
		if len(ws) > 1 && s.reads(ws[1], text.Shell) {
			feed(text.Shell)
		}
		return false
	case "perl", "ruby", "php", "lua", "expect":
		if codeWords(name, ws) == nil {
			feed(text.Other)
		}
		return false
	default:
		return false
	}
	for i, w := range ws {
		if i > 0 && (w.text == flag || lang == text.JavaScript && (w.text == "--eval" || w.text == "-p" || w.text == "-pe" || w.text == "--print")) && i+1 < len(ws) && len(ws[i+1].offs) > 0 {
			s.e.Fragment(derived(s.f, ws[i+1], lang), 0)
			return false
		}
		if i > 0 && w.text == "-m" {
			return false
		}
	}
	feed(lang)
	return false
}
