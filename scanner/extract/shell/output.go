package shell

import (
	"bytes"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"figment/scanner/source"
	"figment/scanner/text"
)

// redirections reads "foo>=1.0", which the shell takes for a redirection, and
// the files that a command writes.
func (s *shellReader) redirections(st *syntax.Stmt, ws, out []Word) {
	for _, r := range st.Redirs {
		if r.Word == nil {
			continue
		}
		target := s.one(r.Word)
		at := int(r.OpPos.Offset())
		if r.N == nil && (r.Op == syntax.RdrOut || r.Op == syntax.RdrIn) && len(target.Text) > 0 && (target.Text[0] == '=' || target.Text[0] >= '0' && target.Text[0] <= '9') {
			for i := range ws {
				if ws[i].end == at {
					end := at
					for end < len(s.f.Text) && s.f.Text[end] > ' ' && s.f.Text[end] != ';' && s.f.Text[end] != '&' && s.f.Text[end] != '|' && s.f.Text[end] != ')' {
						end++
					}
					ws[i].Raw = string(s.f.Text[at:end])
				}
			}
			continue
		}
		if (r.Op == syntax.RdrOut || r.Op == syntax.AppOut || r.Op == syntax.RdrClob) && target.Text != "" {
			s.written(target.Text, out)
		}
	}
	if len(ws) > 1 {
		if inner := s.c.peel(ws); len(inner) > 1 && program(inner[0].Text) == "tee" {
			for _, w := range inner[1:] {
				if !strings.HasPrefix(w.Text, "-") {
					s.written(w.Text, out)
					break
				}
			}
		}
	}
}

// written reads what a command writes into a file of a known name.
func (s *shellReader) written(name string, out []Word) {
	for _, w := range out {
		if len(w.offs) == 0 || w.file {
			continue
		}
		c := derived(s.f, w, text.Undecided)
		c.Name = name
		s.e.Written(name, c)
		if lang := s.e.Known().LangOf(name); lang != text.Text || w.ends != nil {
			c.Lang = lang
		}
		s.e.Fragment(c, 0)
	}
}

// maxOutput bounds how deep the statements may stand whose output is followed.
const maxOutput = 8

// output gives what a statement writes to its standard output, as far as the
// text says it.
func (s *shellReader) output(st *syntax.Stmt, depth int) []Word {
	if depth > maxOutput {
		s.e.TooDeep()
		return nil
	}
	list := func(stmts []*syntax.Stmt) (out []Word) {
		for _, x := range stmts {
			out = append(out, s.output(x, depth+1)...)
		}
		if slices.ContainsFunc(out, func(w Word) bool { return w.file }) {
			return out
		}
		if len(out) > 1 && len(out) < 100 {
			all := out[0]
			for _, w := range out[1:] {
				if !s.spend(len(all.Text) / 8) {
					return out
				}
				all = joined(all, w)
			}
			out = []Word{all}
		}
		return out
	}
	switch cmd := st.Cmd.(type) {
	case nil:
		return s.stdin(st) // $(< f)
	case *syntax.Block:
		return list(cmd.Stmts)
	case *syntax.Subshell:
		return list(cmd.Stmts)
	case *syntax.BinaryCmd:
		if cmd.Op == syntax.Pipe || cmd.Op == syntax.PipeAll {
			if s.input[cmd.Y] == nil {
				s.input[cmd.Y] = s.output(cmd.X, depth+1)
			}
			return s.output(cmd.Y, depth+1)
		}
		return list([]*syntax.Stmt{cmd.X, cmd.Y})
	case *syntax.CallExpr:
		if len(cmd.Args) == 0 {
			return nil
		}
		switch program(cmd.Args[0].Lit()) {
		case "sudo", "env", "command", "cat", "tee", "echo", "printf", "tac", "sort", "uniq", "head", "tail", "sed", "grep", "egrep", "awk", "gawk", "envsubst", "tr", "cut", "find", "ls":
		default:
			return nil
		}
		ws := s.c.peel(s.callWords(cmd))
		if len(ws) == 0 {
			return nil
		}
		switch program(ws[0].Text) {
		case "echo", "printf":
			return written(ws)
		case "cat", "tee", "tac", "sort", "uniq":
			if program(ws[0].Text) != "tee" {
				if files := contentsOf(ws[1:]); len(files) > 0 {
					return files
				}
			}
			return s.stdin(st)
		case "head", "tail":
			if files := contentsOf(SkipFlags(ws[1:], "-n -c")); len(files) > 0 {
				return files
			}
			return filesOf(s.stdin(st))
		case "sed", "grep", "egrep", "awk", "gawk": // the first word is their own
			values := "-m -A -B -C"
			if strings.HasSuffix(program(ws[0].Text), "awk") {
				values = "-F -v"
			}
			rest := SkipFlags(ws[1:], values)
			if len(rest) > 1 {
				return contentsOf(rest[1:])
			}
			return filesOf(s.stdin(st))
		case "find":
			return asText(foundNames(ws[1:]))
		case "ls":
			return asText(slices.DeleteFunc(slices.Clone(ws[1:]), func(w Word) bool { return !source.Pattern(w.Text) || w.Hole != "" }))
		case "envsubst", "tr", "cut":
			return filesOf(s.stdin(st))
		}
	}
	return nil
}

// asText puts words together with blanks between them.
func asText(ws []Word) []Word {
	var parts []Word
	for _, w := range ws {
		if len(w.offs) > 0 {
			parts = append(parts, w, blank(w, " "))
		}
	}
	if parts == nil {
		return nil
	}
	return []Word{concat(parts)}
}

// contentsOf are the files that words name, their contents meant.
func contentsOf(ws []Word) (files []Word) {
	for _, w := range ws {
		if w.Text != "" && !strings.HasPrefix(w.Text, "-") && len(w.offs) > 0 && len(files) < maxFollowed {
			w.file = true
			files = append(files, w)
		}
	}
	return files
}

// maxFollowed bounds how many files one command puts together.
const maxFollowed = 100

// filesOf leaves those of ws that stand for files: what a filter makes of a text
// is not known, and what a file holds is read whole.
func filesOf(ws []Word) (files []Word) {
	for _, w := range ws {
		if w.file {
			files = append(files, w)
		}
	}
	return files
}

// stdin gives what a statement reads: a here-document, a here-string, or what
// stands before it in a pipe. nil: something that the text does not say.
func (s *shellReader) stdin(st *syntax.Stmt) []Word {
	for _, r := range st.Redirs {
		switch r.Op {
		case syntax.Hdoc, syntax.DashHdoc:
			if w, ok := s.body(r); ok {
				return []Word{w}
			}
			return []Word{} // an empty one
		case syntax.WordHdoc:
			if r.Word != nil {
				return []Word{s.one(r.Word)}
			}
		case syntax.RdrIn:
			if r.Word == nil || r.N != nil && r.N.Value != "0" {
				continue
			}
			switch w := s.one(r.Word); {
			case w.Text == "/dev/null":
				return []Word{}
			case strings.HasPrefix(w.Hole, "<(") && len(w.offs) > 0:
				return s.made[w.offs[0]]
			case len(w.offs) > 0 && !isStdin(w.Text):
				w.file = true
				files := []Word{w}
				for _, other := range s.words(r.Word) {
					if other.also && len(files) < maxFollowed {
						other.file, other.also = true, false
						files = append(files, other)
					}
				}
				return files
			}
		}
	}
	return s.input[st]
}

func (s *shellReader) body(r *syntax.Redirect) (Word, bool) {
	if r.Hdoc == nil {
		return Word{}, false
	}
	start, end := int(r.Hdoc.Pos().Offset()), int(r.Hdoc.End().Offset())
	if start >= end || end > len(s.f.Text) {
		return Word{}, false
	}
	// Where the text ends with the delimiter, the parser takes it along.
	if r.Word != nil {
		if stop := s.one(r.Word); stop.Text != "" && bytes.HasSuffix(s.f.Text[start:end], []byte("\n"+stop.Text)) {
			end -= len(stop.Text)
		}
	}
	return PlainWord(string(s.f.Text[start:end]), start), true
}

// pipe remembers what the right side of a pipe reads.
func (s *shellReader) pipe(n *syntax.BinaryCmd) {
	if n.Op != syntax.Pipe && n.Op != syntax.PipeAll || n.X == nil || n.Y == nil || s.input[n.Y] != nil {
		return
	}
	if out := s.output(n.X, 0); out != nil {
		s.input[n.Y] = out
	}
}

// written gives the text that echo and printf write.
func written(ws []Word) []Word {
	args := ws[1:]
	if program(ws[0].Text) == "echo" {
		decode := false
		for len(args) > 0 && len(args[0].Text) > 1 && strings.Trim(args[0].Text, "neE") == "-" && args[0].Text[0] == '-' {
			decode = decode || strings.Contains(args[0].Text, "e")
			args = args[1:]
		}
		if len(args) == 0 {
			return nil
		}
		out := args[0]
		if len(args) > 1 {
			var parts []Word
			for i, w := range args {
				if i > 0 {
					parts = append(parts, blank(args[i-1], " "))
				}
				parts = append(parts, w)
			}
			out = concat(parts)
		}
		if decode {
			out = decoded(out)
		}
		return []Word{concat([]Word{out, blank(args[len(args)-1], "\n")})}
	}
	if len(args) > 0 && args[0].Text == "--" {
		args = args[1:]
	}
	if len(args) == 0 || strings.HasPrefix(args[0].Text, "-") {
		return nil
	}
	format := decoded(args[0])
	args = args[1:]
	var parts []Word
	for first := true; first || len(args) > 0; first = false {
		used := false
		for i := 0; i < len(format.Text); {
			k := strings.IndexByte(format.Text[i:], '%')
			if k < 0 {
				parts = append(parts, format.Sub(i, len(format.Text)))
				break
			}
			parts = append(parts, format.Sub(i, i+k))
			i += k + 1
			for i < len(format.Text) && strings.IndexByte("-+ #0123456789.", format.Text[i]) >= 0 {
				i++
			}
			if i == len(format.Text) {
				break
			}
			if format.Text[i] == '%' {
				parts = append(parts, format.Sub(i, i+1))
			} else {
				used = true
				if len(args) > 0 {
					w := args[0]
					if format.Text[i] == 'b' {
						w = decoded(w)
					}
					parts = append(parts, w)
					args = args[1:]
				}
			}
			i++
		}
		if !used {
			break
		}
	}
	return []Word{concat(parts)}
}
