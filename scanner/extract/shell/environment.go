package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// enter and leave keep what is exported inside of a subshell there.
func (s *shellReader) enter(n syntax.Node) {
	switch n.(type) {
	case *syntax.Subshell, *syntax.CmdSubst, *syntax.ProcSubst:
		s.outer = append(s.outer, s.c.env)
	}
}

func (s *shellReader) leave(n syntax.Node) {
	switch n.(type) {
	case *syntax.Subshell, *syntax.CmdSubst, *syntax.ProcSubst:
		s.c.env = s.outer[len(s.outer)-1]
		s.outer = s.outer[:len(s.outer)-1]
	}
}

// sets reads what a variable names where it is given a value.
func (s *shellReader) sets(a *syntax.Assign) {
	if a.Name == nil || a.Value == nil {
		return
	}
	if name := a.Name.Value; s.c.g.programVariable(name) || s.isOption(name) {
		if long(a.Value) {
			s.problem(int(a.Value.Pos().Offset()), "a variable that a tool takes options from has a value too long to be read: write it shorter")
			return
		}
		w := s.one(a.Value)
		s.c.names(name, w)
		if s.plain == nil {
			s.plain = map[string]Word{}
		}
		s.plain[name] = shortened(w)
	}
}

// long reports whether a value is longer than anybody's options are.
func long(w *syntax.Word) bool { return w.End().Offset()-w.Pos().Offset() > 10_000 }

// isOption reports whether a variable stands for an option of a tool.
func (s *shellReader) isOption(name string) bool {
	_, tool, _ := s.c.g.variable(name)
	return tool != ""
}

// exports puts what a declaration exports into the environment of the commands
// behind it, and what is assigned after "set -a".
func (s *shellReader) exports(n *syntax.DeclClause) {
	out, drop := n.Variant != nil && n.Variant.Value == "export", false
	for _, a := range n.Args {
		if a.Name == nil && a.Value != nil {
			flag := a.Value.Lit()
			out = out || len(flag) > 1 && flag[0] == '-' && hasLetter(flag, 'x')
			drop = drop || out && hasLetter(flag, 'n')
		}
	}
	for _, a := range n.Args {
		if !out || a.Name == nil || !s.isOption(a.Name.Value) {
			continue
		}
		switch name := a.Name.Value; {
		case drop:
			s.c.environ(name, Word{})
		case a.Naked:
			if w, ok := s.plain[name]; ok {
				s.c.environ(name, w)
			}
		case a.Value != nil && !long(a.Value):
			s.c.environ(name, s.one(a.Value))
		}
	}
}

func hasLetter(flag string, c byte) bool {
	for i := 1; i < len(flag); i++ {
		if flag[i] == c {
			return true
		}
	}
	return false
}

// assigned exports what is assigned by itself to a variable that is exported
// already, or after "set -a".
func (s *shellReader) assigned(call *syntax.CallExpr) {
	for _, a := range call.Assigns {
		if a.Name == nil || a.Value == nil || !s.isOption(a.Name.Value) || long(a.Value) {
			continue
		}
		_, tool, option := s.c.g.variable(a.Name.Value)
		if _, ok := s.c.env[tool+" "+option]; ok || s.allExport {
			s.c.environ(a.Name.Value, s.one(a.Value))
		}
	}
}

// unsets reads the commands of the shell that change what is exported.
func (s *shellReader) unsets(ws []Word) bool {
	switch ws[0].Text {
	case "unset":
		for _, w := range ws[1:] {
			s.c.environ(w.Text, Word{})
		}
	case "set":
		if s.setsOther(ws[1:]) {
			return true
		}
		for i, w := range ws[1:] {
			if len(w.Text) < 2 || w.Text[0] != '-' && w.Text[0] != '+' {
				continue
			}
			if hasLetter(w.Text, 'a') || hasLetter(w.Text, 'o') && i+2 < len(ws) && ws[i+2].Text == "allexport" {
				s.allExport = w.Text[0] == '-'
			}
		}
	default:
		return false
	}
	return true
}

// setsOther reads "set A=b c" of Windows, which scripts of package.json hold, and
// "set -x A 'b c'" of fish, for variables that tools take options from.
func (s *shellReader) setsOther(ws []Word) bool {
	exports := false
	for len(ws) > 0 && len(ws[0].Text) > 1 && ws[0].Text[0] == '-' {
		exports = exports || ws[0].Text == "--export" || hasLetter(ws[0].Text, 'x')
		ws = ws[1:]
	}
	if len(ws) == 0 {
		return false
	}
	name, _, assigns := strings.Cut(ws[0].Text, "=")
	if assigns == exports || exports && len(ws) == 1 || !s.isOption(name) && !s.c.g.programVariable(name) {
		return false
	}
	values := ws[1:]
	if assigns {
		values = append([]Word{ws[0].Sub(len(name)+1, len(ws[0].Text))}, values...)
	}
	s.c.sets(name, spaced(values))
	return true
}

// spaced puts words together with blanks between them.
func spaced(ws []Word) Word {
	if len(ws) == 1 {
		return ws[0]
	}
	var parts []Word
	for i, w := range ws {
		if i > 0 && len(ws[i-1].offs) > 0 {
			parts = append(parts, blank(ws[i-1], " "))
		}
		parts = append(parts, w)
	}
	return concat(parts)
}
