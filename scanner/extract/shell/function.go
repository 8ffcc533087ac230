package shell

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A script may give names to commands: by alias, whose words stand in the place
// of the name, and by functions, whose bodies are read once for each call with
// the words of that call.

// A shellFunction is a function that a script declares.
type shellFunction struct {
	body  *syntax.Stmt
	size  int  // bytes of the body
	takes bool // what it runs depends on its arguments
	names []string
	calls int // calls that the script has
	read  map[string]bool
}

// Limits of what is read for calls of functions.
const (
	maxCalled   = 4000 // bytes of a body that is read again
	maxCallers  = 100  // functions around one another
	maxPassed   = 1000 // words that functions hand to one another
	maxAliasing = 10   // aliases in the place of one another
)

// defined collects the names that the script gives to commands.
func (s *shellReader) defined(file *syntax.File) {
	s.aliases, s.functions = map[string]Word{}, map[string]*shellFunction{}
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallExpr:
			if len(n.Args) > 1 && n.Args[0].Lit() == "alias" {
				for _, a := range n.Args[1:] {
					w := s.one(a)
					if at := strings.IndexByte(w.Text, '='); at > 0 && len(s.aliases) < maxNames {
						s.aliases[w.Text[:at]] = w.Sub(at+1, len(w.Text))
					}
				}
			}
		case *syntax.FuncDecl:
			if len(s.functions) < maxNames && n.Body != nil && n.Name != nil {
				s.functions[n.Name.Value] = s.function(n)
			}
		}
		return true
	})
	if len(s.functions) == 0 {
		return
	}
	syntax.Walk(file, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.CallExpr); ok && len(c.Args) > 1 {
			if f := s.functions[c.Args[0].Lit()]; f != nil {
				f.calls++
			}
		}
		return true
	})
}

func (s *shellReader) function(n *syntax.FuncDecl) *shellFunction {
	text, _ := s.source(n.Body)
	f := &shellFunction{body: n.Body, size: len(text)}
	if len(text) > maxCalled {
		return f
	}
	syntax.Walk(n.Body, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ParamExp:
			f.takes = f.takes || n.Param != nil && positional(n.Param.Value)
		case *syntax.Assign:
			if n.Name != nil && len(f.names) < maxAlternatives {
				f.names = append(f.names, n.Name.Value)
			}
		case *syntax.WordIter:
			if n.Name != nil && len(f.names) < maxAlternatives {
				f.names = append(f.names, n.Name.Value)
			}
		}
		return true
	})
	return f
}

// positional reports whether a variable stands for arguments.
func positional(name string) bool {
	return name == "@" || name == "*" || len(name) == 1 && name[0] >= '1' && name[0] <= '9'
}

// onlyCalled reports whether the body of a function is read for its calls, and
// not by itself.
func (s *shellReader) onlyCalled(n *syntax.FuncDecl) bool {
	if n.Name == nil {
		return false
	}
	f := s.functions[n.Name.Value]
	return f != nil && f.body == n.Body && f.takes && f.calls > 0
}

// call reads the body of a function with the words of a call.
func (s *shellReader) call(ws []Word) {
	f := s.functions[ws[0].Text]
	if f == nil || !f.takes || f.calls == 0 || ws[0].Hole != "" {
		return
	}
	if s.calls >= maxCallers || s.calls > 0 && len(ws) > maxPassed {
		s.e.TooDeep()
		return
	}
	var key strings.Builder
	for _, w := range ws[1:] {
		key.WriteString(w.Text + "\x00" + w.Hole + "\x00")
	}
	if f.read[key.String()] {
		return // with the same words already
	}
	if f.read == nil {
		f.read = map[string]bool{}
	}
	f.read[key.String()] = true
	if s.called += f.size + 8*len(ws); s.called > 8*len(s.f.Text)+1<<16 {
		if s.called < 1<<60 {
			s.called = 1 << 60
			s.problem(ws[0].offs[0], "functions are called with more words than are read: some commands were not read")
		}
		return
	}
	was := map[string]*variable{}
	set := func(name string, v *variable) {
		if _, ok := was[name]; !ok {
			was[name] = s.vars[name]
		}
		if v == nil {
			delete(s.vars, name)
		} else {
			s.vars[name] = v
		}
	}
	for _, name := range f.names {
		set(name, nil)
	}
	s.arguments(ws[1:], set)
	flags := s.flags
	s.calls++
	s.assignments(f.body)
	s.walk(f.body)
	s.calls--
	s.flags = flags
	for name, v := range was {
		if v == nil {
			delete(s.vars, name)
		} else {
			s.vars[name] = v
		}
	}
}

// arguments sets what $@ and $1 to $9 stand for.
func (s *shellReader) arguments(ws []Word, set func(string, *variable)) {
	all := &variable{array: true, alts: [][]Word{ws}}
	for _, w := range ws {
		all.unknown = all.unknown || w.Hole != ""
	}
	set("@", all)
	set("*", &variable{alts: [][]Word{ws}, array: true, unknown: all.unknown})
	for i := range 9 {
		v := &variable{unknown: all.unknown}
		if i < len(ws) && ws[i].Hole == "" {
			v.alts = [][]Word{{ws[i]}}
		}
		set(strconv.Itoa(i+1), v)
	}
}

// shift drops arguments of the function that is read.
func (s *shellReader) shift(ws []Word) {
	if s.calls == 0 || ws[0].Text != "shift" {
		return
	}
	n := 1
	if len(ws) > 1 {
		n, _ = strconv.Atoi(ws[1].Text)
	}
	if v := s.vars["@"]; v != nil && len(v.alts) == 1 && n > 0 {
		s.arguments(v.alts[0][min(n, len(v.alts[0])):], func(name string, v *variable) { s.vars[name] = v })
	}
}

// aliased reads a command that begins with an alias: the text that the shell
// puts in its place, and what follows it as it is written.
func (s *shellReader) aliased(call *syntax.CallExpr, ws []Word) bool {
	if len(s.aliases) == 0 || s.c.shell == nil {
		return false
	}
	inner := s.c.peel(ws)
	if len(inner) == 0 || len(inner[0].offs) == 0 {
		return false
	}
	at := inner[0].offs[0]
	for i, a := range call.Args {
		if name := a.Lit(); int(a.Pos().Offset()) != at || name == "" || name != inner[0].Text {
			continue
		}
		var parts []Word
		end := at
		for _, a := range call.Args[i:] {
			value, ok := s.alias(a.Lit())
			if !ok {
				break
			}
			if len(parts) > 0 {
				parts = append(parts, blank(parts[len(parts)-1], " "))
			}
			parts = append(parts, value)
			end = int(a.End().Offset())
			if !strings.HasSuffix(value.Text, " ") { // otherwise the next word may be one, too
				break
			}
		}
		if len(parts) == 0 || !s.spend((int(call.End().Offset())-end)/8) {
			return false
		}
		rest := PlainWord(string(s.f.Text[end:int(call.End().Offset())]), end)
		s.c.shell(concat(append(parts, blank(parts[len(parts)-1], " "), rest)))
		return true
	}
	return false
}

// alias gives what stands for a name; its first word may be an alias again.
func (s *shellReader) alias(name string) (text Word, ok bool) {
	if text, ok = s.aliases[name]; !ok || len(text.offs) == 0 || name == "" {
		return text, false
	}
	for n := 0; ; n++ {
		first, _, _ := strings.Cut(strings.TrimLeft(text.Text, " \t"), " ")
		next, ok := s.aliases[first]
		if !ok || first == name || first == "" {
			break
		}
		if n == maxAliasing {
			s.e.TooDeep()
			break
		}
		k := strings.Index(text.Text, first) + len(first)
		text = concat([]Word{next, text.Sub(k, len(text.Text))})
	}
	return text, len(text.offs) > 0
}
