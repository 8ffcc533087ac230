// Package python reads what code in Python imports, the commands that it runs, and
// the requirements of setuptools, in setup.py and setup.cfg. It builds no tree and
// runs nothing: broken text yields what can be read.
package python

import (
	"bytes"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// The Python scanner reads logical lines: brackets, continuation lines, strings
// of every kind. A keyword counts only at the start of a statement and only if
// its clause is complete.
//
// Grammar: https://docs.python.org/3/reference/simple_stmts.html#the-import-statement

func matchPython(f *text.Fragment) bool {
	return f.Lang == text.Python || f.Lang == text.IPython
}

type scanner struct {
	s       []byte
	f       *text.Fragment
	e       *extract.Emitter
	table   *text.Table
	refs    []importedModule
	blocks  []block
	depth   int // of brackets
	broken  bool
	lowFrom int // references from here on are rescued; len(s)+1: none
	// loaders are the names that the text gives to import_module and __import__,
	// and to functions that run commands or code.
	// It is read again while names come to light, since a function may use what
	// is assigned below it.
	loaders  map[string]role
	grown    bool
	passes   map[string]parameter // of functions of the text that pass a parameter on
	inside   function             // the function whose body is read
	started  int                  // the offset of the arguments of the command that was run last; 0: none was
	texts    []extract.Inner      // texts inside this one
	lines    []text.Span          // strings of several lines
	comment  text.Span            // the comments that stand together last
	latin    bool                 // bytes beyond ASCII are characters of Latin-1
	uses     []use
	wanted   map[string]*binding // names that calls import by; nil while they are collected
	told     int                 // one more than the offset of a call that imports what is made at run time; 0: none
	spent    int                 // bytes of arguments that were read, some of them again and again
	inDef    bool                // the statement is the head of a function
	pip      bool                // pip was imported so far
	given    []given
	eval     [2]*code.Evaluator // by their modes
	fromPip  bool               // the clause that is being read is one of pip
	mayRun   uint8              // see installs: 1 no, 2 yes
	programs bool               // a library is imported whose functions are the programs of their names
	// For the files that are run as code, or hold requirements.
	reads    []read
	places   *places
	included map[string]bool
	// For f-strings: brackets in their code, how far the search for their end
	// came, and how many bytes such searches read in vain.
	listEnd         int         // what stands before it was read as a list of words
	opens           []text.Span // the bracket, and the end of what stands before it
	reached, wasted int
}

func extractPython(f *text.Fragment, e *extract.Emitter) error {
	if d := withoutPrompts(f, pythonPrompt); d != nil {
		e.Fragment(d, 0)
		return nil
	}
	latin := false
	if f.Depth == 0 && f.Label == "" {
		name, kind := encoding(f.Text)
		latin = kind == latinText
		if kind == otherText {
			e.Problem(text.Span{}, "declares the encoding "+name+", which is not read: save the file as UTF-8", true)
		}
	}
	table := text.NewTable(`"'`, "#\\;:%!=")
	loaders, passes := map[string]role{}, map[string]parameter{}
	var p *scanner
	for round := 0; ; round++ {
		p = &scanner{s: f.Text, f: f, e: e, table: table, lowFrom: len(f.Text) + 1, loaders: loaders, passes: passes, inside: function{indent: -1}, latin: latin}
		p.run()
		if !p.grown {
			break
		}
		if round == code.MaxRounds {
			e.Problem(text.Span{}, "names for import_module are made of one another too often: calls of some were not read", true)
			break
		}
	}
	if len(p.uses) > 0 {
		wanted := map[string]*binding{}
		for _, u := range p.uses {
			wanted[u.name] = &binding{}
		}
		p = &scanner{s: f.Text, f: f, e: e, table: table, lowFrom: len(f.Text) + 1, loaders: loaders, passes: passes, inside: function{indent: -1}, latin: latin, wanted: wanted}
		p.run()
		p.resolveUses()
	}
	p.resolveGiven()
	p.runFiles()
	if len(loaders) >= code.MaxAliases {
		e.Problem(text.Span{}, "more than 1000 names for import_module: calls of the others were not read", true)
	}
	if p.wasted > p.patience() {
		e.Problem(text.Span{}, "too many f-strings that do not end: code in the others was not read", true)
	}
	if p.broken || p.depth != 0 {
		p.rescue()
	}
	for _, t := range p.texts {
		e.Fragment(t.Fragment, t.Flags)
	}
	e.Room(len(p.refs))
	for i := range p.refs {
		e.Reference(p.refs[i].reference())
	}
	p.tellRunTime()
	pep723(f, e, p.lines)
	return nil
}

func (p *scanner) run() {
	i := 0
	for i < len(p.s) {
		i = p.line(i)
	}
}

// line reads one logical line that starts at i, with all its statements, and
// gives the offset after it.
func (p *scanner) line(i int) int {
	s := p.s
	start := i
	for i < len(s) {
		if s[i] == '\f' { // it sets the column back
			i++
			start = i
		} else if s[i] == ' ' || s[i] == '\t' {
			i++
		} else {
			break
		}
	}
	if i >= len(s) {
		return i
	}
	indent := i - start
	switch s[i] {
	case '\n', '\r':
		return text.NextLine(s, i)
	case '#':
		return p.commentLine(i)
	case '%', '!':
		return p.magic(i)
	case '\\': // the column before it counts
		i = p.gap(i)
	}
	for n := len(p.blocks); n > 0 && p.blocks[n-1].indent >= indent; n-- {
		b := p.blocks[n-1]
		if b.try && b.indent == indent && isTryTail(s, i) {
			break // except, else and finally belong to it
		}
		p.blocks = p.blocks[:n-1]
	}
	compound := false
	p.inDef = false
	if indent <= p.inside.indent {
		p.inside = function{indent: -1}
	}
	i, compound = p.statement(i, indent)
	return p.rest(i, indent, compound)
}

// statement looks at the start of a statement. It gives the offset to go on
// from and whether a colon opens a body on the same line.
func (p *scanner) statement(i, indent int) (int, bool) {
	s := p.s
	if i >= len(s) {
		return i, false
	}
	switch s[i] {
	case 'i', 'f', 'c', 't', 'e', 'w', 'd', 'a', 'm', 'l':
	default:
		return i, false
	}
	end := text.Word(s, i)
	word := string(s[i:end])
	if word == "lazy" { // lazy import x, of Python 3.15
		if at := p.gap(end); text.Has(s, at, "import") || text.Has(s, at, "from") {
			end = text.Word(s, at)
			word = string(s[at:end])
		}
	}
	switch word {
	case "import", "cimport":
		if next, ok := p.importClause(end); ok {
			return next, false
		}
		return end, false
	case "from":
		if next, ok := p.fromClause(end); ok {
			return next, false
		}
		return end, false
	case "try":
		p.push(block{indent: indent, first: len(p.refs), try: true, flags: p.flags()})
		return end, true
	case "except":
		p.except(end, indent)
		return end, true
	case "finally":
		p.endTry(indent)
		return end, true
	case "else":
		p.endTry(indent)
		return end, true
	case "if", "elif":
		line := s[end:text.LineEnd(s, end)]
		if at := bytes.Index(line, []byte("TYPE_CHECKING")); at >= 0 && !bytes.Contains(line[:at], []byte("not ")) {
			p.push(block{indent: indent, flags: p.flags() | extract.TypeOnly})
		}
		return end, true
	case "with":
		line := s[end:text.LineEnd(s, end)]
		if at := bytes.Index(line, []byte("suppress(")); at >= 0 && catchesImportError(line[at:]) {
			p.push(block{indent: indent, flags: p.flags() | extract.Optional})
		}
		return end, true
	case "while", "for", "class", "match", "case":
		return end, true
	case "def", "async":
		p.inDef = true
		p.define(i, indent)
		return end, true
	}
	if p.wanted != nil {
		p.bind(i, end)
	}
	return end, false
}

// rest scans to the end of the logical line, reading further statements after
// semicolons and, in a compound statement, after its colon.
func (p *scanner) rest(i, indent int, compound bool) int {
	s := p.s
	base, bodies := p.depth, 0
	for i < len(s) {
		c := s[i]
		switch p.table[c] {
		case text.Plain:
			i++
		case text.Letter:
			end := text.Word(s, i)
			if p.wanted != nil {
				p.bind(i, end)
			}
			if n := end - i; n == len("__import__") || n == len("import_module") || n == len("pytest_plugins") || len(p.loaders) > 0 {
				p.named(i, end)
			}
			if p.depth > 0 && mayBeVariable[s[i]] && toolVariable(s[i:end]) {
				p.variableKeyword(i, end)
			}
			i = end
		case text.Newline:
			if p.depth <= 0 {
				return text.NextLine(s, i)
			}
			i = text.NextLine(s, i)
			if at := text.Blank(s, i); p.bracketBroken(at) {
				p.depth = 0
				return i
			}
		case text.Quote:
			from := i
			i = p.str(i)
			p.wordList(from, i)
			p.variable(from, i)
			if i-from == len(`"actions"`) && string(s[from+1:i-1]) == "actions" {
				p.actions(i)
			}
		case text.Open:
			if c == '(' {
				p.call(i, p.calleeEnd(i))
			}
			p.depth++
			i++
		case text.Close:
			p.depth--
			if p.depth < 0 {
				p.depth, p.broken = 0, true
			}
			i++
		default:
			switch c {
			case '#':
				i = p.skipComment(i)
			case '=':
				if p.depth == 0 {
					p.assigned(i)
				}
				i++
			case '\\':
				i++
				if i < len(s) && (s[i] == '\n' || s[i] == '\r') {
					i = text.NextLine(s, i)
				}
			case ';':
				i++
				if p.depth <= base && p.depth == 0 {
					i, _ = p.statement(p.gap(i), indent+1)
				}
			case ':':
				i++
				if !compound || p.depth != 0 {
					continue
				}
				at := p.gap(i)
				if bodies++; bodies == 1 {
					i, _ = p.statement(at, indent+1)
				} else if text.Has(s, at, "import") || text.Has(s, at, "from") {
					i, _ = p.statement(at, indent+1) // the first colon was one of lambda
				}
			default:
				i++
			}
		}
	}
	return i
}

// plugins reads the modules that pytest is told to load.
func (p *scanner) plugins(i int) {
	s := p.s
	if i = p.gap(i); i >= len(s) || s[i] != '=' || i+1 < len(s) && s[i+1] == '=' {
		return
	}
	i = inside(s, i+1)
	list := i < len(s) && (s[i] == '[' || s[i] == '(')
	if list {
		i++
	}
	for range 200 {
		l, ok := constant(s, i)
		if !ok || l.Open {
			return
		}
		p.loadLiteral(l)
		if i = l.Next; !list || i >= len(s) || s[i] != ',' {
			return
		}
		i++
	}
}

// commentLine skips a comment line; one that shows a command is handed over as
// prose.
func (p *scanner) commentLine(i int) int {
	end := text.LineEnd(p.s, i)
	start := i
	for start < end && (p.s[start] == '#' || p.s[start] == ' ' || p.s[start] == '\t') {
		start++
	}
	if start < end && p.e.Commands.MayInstall(p.s[start:end]) {
		p.hand(p.f.Child(text.Span{Start: start, End: end}, text.Prose), 0)
	}
	return text.NextLine(p.s, i)
}

// magic reads a line of IPython: %pip, !pip and so on.
func (p *scanner) magic(i int) int {
	s := p.s
	start := i
	for i < len(s) && (s[i] == '%' || s[i] == '!') {
		i++
	}
	if i-start > 2 {
		return text.NextLine(s, i)
	}
	end := text.LineEnd(s, i)
	for end > i && s[end-1] == '\\' && end < len(s) {
		end = text.LineEnd(s, text.NextLine(s, end))
	}
	if p.e.Commands.MayInstall(s[i:end]) {
		child := p.f.Child(text.Span{Start: i, End: end}, text.Shell)
		if bytes.HasPrefix(child.Text, []byte("{sys.executable}")) {
			var b text.Builder
			n := len("{sys.executable}")
			b.Escape("python", 0, n)
			b.Verbatim(child.Text[n:], n)
			src, m := b.Done()
			child = child.Derive(src, m, text.Shell)
		}
		p.hand(child, 0)
	}
	return text.NextLine(s, end)
}
