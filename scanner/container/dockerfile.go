package container

import (
	"bytes"
	"figment/scanner/text"
	"strings"
)

// splitDockerfile gives the commands that a Dockerfile runs: those of RUN, and
// what CMD, ENTRYPOINT and HEALTHCHECK start. The form of a JSON list becomes
// words of the shell. What ENV and ARG set is exported before each RUN.
//
// Specification: https://docs.docker.com/reference/dockerfile/
func splitDockerfile(s *Splitter, f *text.Fragment) {
	t := f.Text
	var set []text.Span
	left := 4*len(t) + 10_000 // bytes of settings that are still put before commands
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
			switch {
			case word == "FROM":
				set = nil
			case (word == "ENV" || word == "ARG") && body < end && end-body < 1000 && len(set) < 50:
				set = append(set, text.Span{Start: body, End: end})
			}
			continue
		}
		for body+1 < end && t[body] == '-' && t[body+1] == '-' { // --mount=…
			body = text.White(t[:end], wordEnd(t[:end], body))
		}
		if body < end && t[body] == '[' {
			if c := listWords(f, body, end); c != nil {
				s.Split(c)
				i = next
				continue
			}
		}
		var b text.Builder
		heredoc := bytes.TrimLeft(t[body:end], " \t")
		script := bytes.HasPrefix(heredoc, []byte("<<")) && !bytes.ContainsAny(heredoc, " \t")
		marks := heredocs(t[body:end])
		if word == "RUN" {
			for _, e := range set {
				if left -= e.Len(); left > 0 {
					exported(&b, t, e)
				}
			}
		}
		before := b.Len()
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
		if b.Len() > before {
			src, m := b.Done()
			c := f.Derive(src, m, text.Shell)
			c.Cut = f.Cut && i == len(t)
			s.Split(c)
		}
	}
}

// exported writes what an ENV sets as a command of the shell: "A=b C=d", or the
// older "A b".
func exported(b *text.Builder, t []byte, set text.Span) {
	end := wordEnd(t[:set.End], set.Start)
	b.Escape("export ", set.Start, 0)
	switch key := t[set.Start:end]; {
	case bytes.IndexByte(key, '=') >= 0:
		b.Verbatim(t[set.Start:set.End], set.Start)
	case end < set.End:
		value := text.White(t[:set.End], end)
		b.Verbatim(key, set.Start)
		b.Escape("='", end, value-end)
		b.Verbatim(bytes.ReplaceAll(t[value:set.End], []byte("'"), []byte(" ")), value)
		b.Escape("'", set.End, 0)
	default:
		b.Verbatim(key, set.Start)
	}
	b.Escape("\n", set.End, 0)
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
		for end < len(line) && (text.IsLetter(line[end]) || line[end] == '"' || line[end] == '\'') {
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
