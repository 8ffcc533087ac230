package source

import (
	"bytes"
	"figment/scanner/text"
	"strings"
)

// splitDockerfile gives the commands that a Dockerfile runs: those of RUN, and
// what CMD, ENTRYPOINT and HEALTHCHECK start. The form of a JSON list becomes
// words of the shell.
//
// Specification: https://docs.docker.com/reference/dockerfile/
func splitDockerfile(s *splitter, f *text.Fragment) {
	t := f.Text
	for i := 0; i < len(t); {
		end, next := text.LineBounds(t, i)
		at := text.White(t[:end], i)
		word, body := instruction(t[:end], at)
		if word == "ONBUILD" || word == "HEALTHCHECK" {
			for body < end && t[body] == '-' { // --interval=5s
				body = text.White(t[:end], wordEnd(t[:end], body))
			}
			word, body = instruction(t[:end], body)
		}
		if word != "RUN" && word != "CMD" && word != "ENTRYPOINT" {
			for i = next; bytes.HasSuffix(bytes.TrimRight(t[at:end], " \t"), []byte(`\`)) && i < len(t); i = next {
				at = i
				end, next = text.LineBounds(t, i)
			}
			continue
		}
		for body+1 < end && t[body] == '-' && t[body+1] == '-' { // --mount=…
			body = text.White(t[:end], wordEnd(t[:end], body))
		}
		if body < end && t[body] == '[' {
			if c := listWords(f, body, end); c != nil {
				s.fragment(c)
				i = next
				continue
			}
		}
		var b text.Builder
		heredoc := bytes.TrimLeft(t[body:end], " \t")
		script := bytes.HasPrefix(heredoc, []byte("<<")) && !bytes.ContainsAny(heredoc, " \t")
		marks := heredocs(t[body:end])
		if !script {
			b.Verbatim(t[body:next], body)
		}
		for more := continued(t[body:end]); more && next < len(t); {
			i = next
			end, next = text.LineBounds(t, i)
			line := bytes.TrimSpace(t[i:end])
			if len(line) == 0 || line[0] == '#' {
				continue // inside of an instruction these do not count
			}
			b.Verbatim(t[i:next], i)
			marks = append(marks, heredocs(t[i:end])...)
			more = continued(t[i:end])
		}
		for _, mark := range marks {
			for next < len(t) {
				i = next
				end, next = text.LineBounds(t, i)
				stop := string(bytes.TrimLeft(t[i:end], "\t")) == mark
				if !stop || !script {
					b.Verbatim(t[i:next], i)
				}
				if stop {
					break
				}
			}
		}
		i = next
		if b.Len() > 0 {
			src, m := b.Done()
			c := f.Derive(src, m, text.Shell)
			c.Cut = f.Cut && i == len(t)
			s.fragment(c)
		}
	}
}

// instruction reads the word at i in capitals, and gives the offset of what
// follows it.
func instruction(line []byte, i int) (string, int) {
	end := wordEnd(line, i)
	return strings.ToUpper(string(line[i:end])), text.White(line, end)
}

func wordEnd(line []byte, i int) int {
	for i < len(line) && line[i] > ' ' {
		i++
	}
	return i
}

func continued(line []byte) bool {
	return bytes.HasSuffix(bytes.TrimRight(line, " \t"), []byte(`\`))
}

// heredocs are the words that end the here-documents which a line begins.
func heredocs(line []byte) (marks []string) {
	for at := 0; len(marks) < 10; {
		k := bytes.Index(line[at:], []byte("<<"))
		if k < 0 {
			return marks
		}
		at += k + 2
		if at < len(line) && line[at] == '-' {
			at++
		}
		end := at
		for end < len(line) && (isWord(line[end]) || line[end] == '"' || line[end] == '\'') {
			end++
		}
		if mark := strings.Trim(string(line[at:end]), `"'`); mark != "" {
			marks = append(marks, mark)
		}
		at = end
	}
	return marks
}

// listWords makes a command line of ["a", "b c"]; nil: it is no such list.
func listWords(f *text.Fragment, i, end int) *text.Fragment {
	t := f.Text[:end]
	var b text.Builder
	for i++; i < end; {
		switch c := t[i]; {
		case c == '"':
			stop := stringEnd(t, i)
			if stop-1 <= i || t[stop-1] != '"' {
				return nil
			}
			word := t[i+1 : stop-1]
			if bytes.IndexByte(word, '\'') >= 0 {
				return nil
			}
			if b.Len() > 0 {
				b.Escape(" ", i, 0)
			}
			if bytes.ContainsAny(word, " \t;|&<>()$`") {
				b.Escape("'", i, 1)
				b.Verbatim(word, i+1)
				b.Escape("'", stop-1, 1)
			} else {
				b.Verbatim(word, i+1)
			}
			i = stop
		case c == ',' || c == ' ' || c == '\t':
			i++
		case c == ']':
			src, m := b.Done()
			return f.Derive(src, m, text.Shell)
		default:
			return nil
		}
	}
	return nil
}

// splitMakefile gives the recipes of a makefile: the lines that a tab begins,
// or blanks where the text was pasted. "$$" is "$" there, and a variable of make
// looks like a command whose output is a word.
//
// Manual: https://www.gnu.org/software/make/manual/make.html#Recipes
func splitMakefile(s *splitter, f *text.Fragment) {
	t := f.Text
	var b, rest text.Builder
	flush := func() {
		if b.Len() > 0 {
			src, m := b.Done()
			s.fragment(f.Derive(src, m, text.Shell))
		}
		b = text.Builder{}
	}
	more := false
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
				n := bytes.Index(t[k:next], []byte("$$"))
				if n < 0 {
					b.Verbatim(t[k:next], k)
					break
				}
				b.Verbatim(t[k:k+n], k)
				b.Escape("$", k+n, 2)
				k += n + 2
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

// rest hands on what a container does not know, in which commands may stand.
func (s *splitter) rest(f *text.Fragment, b *text.Builder) {
	if b.Len() > 0 {
		src, m := b.Done()
		c := f.Derive(src, m, text.Other)
		c.Cut = f.Cut
		s.fragment(c)
	}
}

// splitMarkup gives the scripts of a page or a component, and the code at the
// head of one of Astro.
func splitMarkup(s *splitter, f *text.Fragment) {
	t := f.Text
	low := bytes.ToLower(t)
	if len(low) != len(t) { // letters whose small ones are of another length
		low = t
	}
	var rest text.Builder
	i := 0
	if bytes.HasPrefix(t, []byte("---\n")) {
		if n := bytes.Index(t[4:], []byte("\n---")); n >= 0 {
			s.fragment(f.Child(text.Span{Start: 4, End: 4 + n + 1}, text.TypeScript))
			i = 4 + n + 1
		}
	}
	for i < len(t) {
		k := bytes.Index(low[i:], []byte("<script"))
		if k < 0 {
			break
		}
		rest.Verbatim(t[i:i+k], i)
		i += k
		open := bytes.IndexByte(t[i:], '>')
		if open < 0 {
			break
		}
		head, body := string(low[i:i+open]), i+open+1
		end, cut := len(t), true
		if n := bytes.Index(low[body:], []byte("</script")); n >= 0 {
			end, cut = body+n, false
		}
		if lang := scriptLang(head); lang != text.Undecided && end > body && !strings.HasSuffix(head, "/") {
			c := f.Child(text.Span{Start: body, End: end}, lang)
			c.Cut = cut
			s.fragment(c)
		}
		if i = end; strings.HasSuffix(head, "/") {
			i = body
		}
	}
	if i < len(t) {
		rest.Verbatim(t[i:], i)
	}
	s.rest(f, &rest)
}

// scriptLang is the language of a script by its tag; Undecided for data.
func scriptLang(tag string) text.Lang {
	attribute := func(name string) string {
		at := strings.Index(tag, " "+name+"=")
		if at < 0 {
			return ""
		}
		value := tag[at+len(name)+2:]
		if value != "" && (value[0] == '"' || value[0] == '\'') {
			value, _, _ = strings.Cut(value[1:], value[:1])
			return value
		}
		value, _, _ = strings.Cut(value, " ")
		return value
	}
	switch lang := attribute("lang"); lang {
	case "ts", "typescript":
		return text.TypeScript
	case "tsx":
		return text.TSX
	}
	switch typ := attribute("type"); {
	case typ == "", typ == "module", strings.Contains(typ, "javascript"), strings.Contains(typ, "babel"), strings.Contains(typ, "jsx"):
		return text.JSX
	case strings.Contains(typ, "typescript"):
		return text.TypeScript
	}
	return text.Undecided
}

// stringEnd gives the offset after the string that begins at i; a string ends
// with its line.
func stringEnd(text []byte, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		case '\n':
			return i
		}
	}
	return len(text)
}
