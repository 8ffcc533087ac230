package shell

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// A Reader turns the words of commands into references.
type Reader struct {
	g     *Grammar
	emit  func(extract.Reference)
	flags extract.Flags
	shell func(w Word) // a word that is a command line itself
	depth int
	guess bool // a program that nothing is known of may run the command among its words

	full   func() bool            // no more references are taken
	unread func(w Word)           // a name that only the shell knows
	deep   func()                 // commands in one another were not all read
	told   bool                   // it was said of this command
	set    func(name string) bool // the script assigns a variable itself

	code    func(w Word)                  // a word that is code of a language that is not read
	input   []Word                        // what the command reads from its standard input; nil: the text does not say it
	include func(w Word, constraint bool) // a word that names a list of requirements
	file    func(w Word)                  // a word that is the text of a list
	run     func(w Word, lang text.Lang)  // a word that names a file which is run; Undecided: as its first line says
	values  func(w Word)                  // a word that names a file of values of variables
	modules bool                          // modules that python is told to run are reported
	managed bool                          // the command runs in the environment of a project, which declares what it holds
	env     environment                   // variables that tools take options from
	index   string                        // where the command that is read takes names from; empty: as ever
	others  bool                          // and from further indexes beside it
	dotted  text.Lang                     // of the file behind "."; empty: the shell's
	made    func(w Word) ([]Word, bool)   // what the command in a word <(…) writes, as far as the text says it
}

// Mentions gives a reader for the commands in texts for people. What they
// name goes to emit; files that they install from are followed where follow is set.
func Mentions(f *text.Fragment, e *extract.Emitter, follow bool, emit func(extract.Reference)) *Reader {
	c := &Reader{g: grammarOf(e), full: e.Full, emit: emit}
	if follow {
		c.include = func(w Word, constraint bool) { takesList(f, e, w, constraint) }
	}
	return c
}

// Manager reports whether the commands of a program of that name install packages.
func (c *Reader) Manager(program string) bool { return c.g.managers[program] }

// Constraints reads a word that names a file whose names limit versions.
func (c *Reader) Constraints(w Word) {
	if c.include != nil {
		c.include(w, true)
	}
}

// InProject reads a command that runs in the environment of a project, which
// declares what it holds.
func (c *Reader) InProject(ws []Word) {
	managed := c.managed
	c.managed = true
	c.Nested(ws)
	c.managed = managed
}

// Behind gives the words from w on, one of ws.
func Behind(ws []Word, w Word) []Word {
	for k := range ws {
		if ws[k].end == w.end {
			return ws[k:]
		}
	}
	return nil
}

// Reference reports what a command names. Its span counts in the fragment being
// read; the kind, the flags of the command and where it takes names from are
// filled in here.
func (c *Reader) Reference(r extract.Reference) {
	r.Flags |= c.flags
	r.Kind = extract.Command
	if r.Name == "" || r.Span.Start >= r.Span.End {
		return
	}
	if r.From == extract.FromRegistry && ecosystem.Markup(r.Name) {
		if at := strings.IndexByte(r.Name, '$'); at >= 0 {
			c.Tell(Word{Text: r.Name, offs: []int{r.Span.Start}, Hole: r.Name[at:]})
		}
		return
	}
	if r.From == extract.FromRegistry {
		if r.Index == "" {
			r.Index = c.index
		}
		r.Others = r.Others || c.others
	}
	if strings.Contains(r.Constraint, "$") {
		r.Constraint = ""
	}
	c.emit(r)
}

// ReadNames reads the plain words of a command: names with an optional version,
// as cargo and gem take them.
func ReadNames(c *Reader, cmd *Command, words []Word) {
	list := Args(words, cmd)
	var flags extract.Flags
	var from extract.From
	version, index := "", ""
	names := 0
	for _, a := range list {
		switch a.Flag {
		case "--git":
			from = extract.FromGit
		case "--path":
			from = extract.FromPath
		case "--dev":
			flags |= extract.Dev
		case "--version", "--vers", "-v":
			if a.Value != nil {
				version = a.Value.Text
			}
		case "--registry", "--index", "--source", "-s":
			if a.Value != nil {
				index = a.Value.Text
			}
		case "-g", "--group":
			if a.Value != nil && (a.Value.Text == "test" || a.Value.Text == "development") {
				flags |= extract.Dev
			}
		case "":
			names++
		}
	}
	for _, a := range list {
		if a.Flag != "" || extract.IsPathOrURL(a.Word.Text) || strings.HasPrefix(a.Word.Text, "+") || strings.HasSuffix(a.Word.Text, ".gem") {
			continue
		}
		t := a.Word.Text
		end := len(t)
		constraint := ""
		if i := strings.IndexAny(t, "@:"); i > 0 {
			end, constraint = i, t[i+1:]
		} else if names == 1 {
			constraint = version
		}
		c.Reference(extract.Reference{Ecosystem: cmd.Ecosystem, Name: t[:end], Constraint: constraint, Span: a.Word.Span(0, end), Flags: cmd.Flags | flags, From: from, Index: index})
	}
}

// ReadFirst reads the first plain word of a command: a name with an optional version.
func ReadFirst(c *Reader, cmd *Command, words []Word) {
	list := Args(words, cmd)
	version := ""
	for _, a := range list {
		if (a.Flag == "--version" || a.Flag == "-v" || a.Flag == "-Version") && a.Value != nil {
			version = a.Value.Text
		}
	}
	for _, a := range list {
		if a.Flag != "" {
			continue
		}
		t := a.Word.Text
		end := len(t)
		constraint := version
		if i := strings.Index(t, "::"); i > 0 {
			end, constraint = i, t[i+2:]
		} else if i := strings.IndexByte(t, '@'); i > 0 {
			end, constraint = i, t[i+1:]
		}
		if !extract.IsPathOrURL(t) {
			c.Reference(extract.Reference{Ecosystem: cmd.Ecosystem, Name: t[:end], Constraint: constraint, Span: a.Word.Span(0, end), Flags: cmd.Flags})
		}
		return
	}
}
