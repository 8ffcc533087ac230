package source

import (
	"bytes"
	"cmp"
	"path"
	"strings"

	"figment/scanner/text"
)

// sniffLimit is how much of a text its content is judged by.
const sniffLimit = 256 << 10

func (r *Recognition) sample(src []byte) *text.Sample {
	return text.NewSample(src[:min(len(src), sniffLimit)], r.languages, r.tools)
}

// sniff decides by content: what the text is called, where a format is known by
// its name, and its language. Both are empty where nothing speaks for anything.
// The first hit wins, from the surest sign to the weakest.
func (r *Recognition) sniff(src []byte) (name string, lang text.Lang) {
	s := r.sample(src)
	if len(bytes.TrimSpace(s.Text)) == 0 {
		return "", text.Text
	}
	for i := range r.sniffers {
		if x := &r.sniffers[i]; x.is(s) {
			return x.name, x.lang
		}
	}
	return "", text.Undecided
}

// sniffData finds the name of a text whose language is known to be one of data;
// empty for other languages.
func (r *Recognition) sniffData(src []byte, lang text.Lang) string {
	if lang == text.Text || lang == text.Undecided {
		return ""
	}
	s := r.sample(src)
	for i := range r.sniffers {
		if x := &r.sniffers[i]; x.name != "" && x.lang == lang && x.is(s) {
			return x.name
		}
	}
	return ""
}

// shebang reads which language a script is in from its first line.
func (r *Recognition) shebang(src []byte) text.Lang {
	rest, ok := bytes.CutPrefix(src, []byte("#!"))
	if !ok {
		return text.Undecided
	}
	line, _, _ := bytes.Cut(rest[:min(len(rest), sniffSize)], []byte("\n"))
	for i, w := range strings.Fields(string(line)) {
		w = path.Base(w)
		if w == "env" || strings.HasPrefix(w, "-") || i > 0 && strings.Contains(w, "=") {
			continue
		}
		return r.programs[strings.TrimSuffix(strings.TrimRight(w, "0123456789."), ".exe")]
	}
	return text.Undecided
}

// decide fills in what the text of a whole file is: by --lang, its name, its
// shebang, its content.
func (r *Recognition) decide(f *text.Fragment) {
	if f.Lang != text.Undecided {
		if _, byName := r.classify(f.Name); byName != f.Lang {
			f.Name = r.sniffData(f.Text, f.Lang)
		}
		return
	}
	kind, lang := r.classify(f.Name)
	if kind != NoFile && kind != Sniffed {
		f.Lang = lang
		if kind == ScriptFile && path.Ext(f.Name) == "" { // a hook in any language
			f.Lang = cmp.Or(r.shebang(f.Text), lang)
		}
		return
	}
	if f.Lang = r.shebang(f.Text); f.Lang != text.Undecided {
		return
	}
	name, lang := r.sniff(f.Text)
	switch {
	case name != "":
		f.Name, f.Lang = path.Join(path.Dir(f.Name), name), lang
	case lang != text.Undecided:
		f.Lang = lang
	default:
		f.Lang = text.Markdown // an answer without fences: commands on lines of their own, and prose
	}
}

// BareNames reports whether every line of a text that is no comment is a single
// word that could be the name of a package, and there is one: nothing then says
// of which ecosystem the names are.
func BareNames(data []byte) bool {
	src, _ := text.Decode(data)
	any, all := false, true
	text.EachLine(src, func(line []byte) bool {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			return true
		}
		any = true
		word := strings.TrimPrefix(string(line), "@")
		for i := 0; i < len(word) && all; i++ {
			c := word[i]
			all = text.IsLetter(c) && c < 0x80 || i > 0 && (c == '-' || c == '.' || c == '/')
		}
		all = all && word != "" && len(word) <= 214
		return all
	})
	return any && all
}

// maxCommandLine bounds how much of a line is looked at.
const maxCommandLine = 500

// prose reports whether a word is one of code or of sentences: what has one where a
// command has its verb, or its arguments, is none.
func prose(word string) bool {
	switch word {
	case "in", "is", "not", "and", "or", "if", "else", "for", "as", "of", "instanceof", "import", "from",
		"to", "the", "a", "an", "it", "this", "that", "with", "you", "your", "then", "will", "can", "func":
		return true
	}
	return false
}

// command reports whether a line of code is a command of a shell, and whether that
// may install or run a package. A comment is none.
func (r *Recognition) command(line string) (is, installs bool) {
	t := text.WithoutPrompt(line[:min(len(line), maxCommandLine)])
	words := strings.Fields(t)
	if len(words) < 2 || t[0] == '%' || t[0] == '!' || // a notebook's
		!text.NewSample(nil, nil, r.tools).Program(words[0]) {
		return false, false
	}
	if strings.HasSuffix(t, ".") && !strings.HasSuffix(t, " .") && !strings.HasSuffix(t, "/.") {
		return false, false
	}
	verb := words[1]
	if c := verb[0]; c != '-' && (c < 'a' || c > 'z') || strings.ContainsAny(verb, "(){}[]<>;,=\"'`!") && c != '-' {
		return false, false
	}
	for i, w := range words[1:] {
		if prose(w) || i == 1 && strings.Trim(w, "=:+-*/%<>!&|?") == "" && w != "&&" && w != "||" && w != "|" && w != "-" {
			return false, false
		}
	}
	return true, r.installs != nil && r.installs([]byte(t+" "))
}
