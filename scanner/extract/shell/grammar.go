package shell

import (
	"bytes"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// Tools are what is known of the commands of one ecosystem's tools.
type Tools struct {
	Ecosystem ecosystem.Ecosystem
	// Commands are rows of the grammar: the first that fits a command decides. No
	// program stands in the rows of two ecosystems, so that only their order within
	// one matters.
	Commands []Command
	Managers string // programs whose commands install packages, separated by blanks
	// Lines are the programs with which a line of a shell may begin that installs or
	// runs packages, for texts of which nobody says what they are.
	Lines string
	// Signs are names of programs, or how they begin, of two bytes at least: a text
	// without any holds no command of the ecosystem.
	Signs []string
	Verbs []string // words of which one stands in such a command, besides those of most tools
	Runs  []string // signs of commands and variables that name what is run or installed, in the text of a shell

	Variables *Variables // by which the tools take options; nil: by none
	Loaders   []Loader
	Runtimes  []Runtime
	Wrappers  []Wrapper
	Module    func(*Reader, Word) // reads the module that python -m runs; nil: it is no concern of the ecosystem
}

// A Command is one row of the grammar: a program, a subcommand, and how the words
// behind it are read.
type Command struct {
	Programs  string // separated by blanks
	Subs      string // subcommands separated by "|"; empty: none
	Ecosystem ecosystem.Ecosystem
	Values    string // flags that take a value; whatever is not listed is a switch
	Read      func(*Reader, *Command, []Word)
	Flags     extract.Flags // of what it names
	// Switches are the long flags without a value, where the program knows one by
	// any beginning that no other one has; empty: it wants flags written out.
	Switches string
	Letters  string              // that are flags; a word of others behind one dash is one flag
	OneDash  bool                // every word behind one dash is one flag
	Gap      bool                // a plain word may stand inside a subcommand of two: dotnet add X.csproj package
	Built    bool                // what it runs is no program that is read
	Words    string              // values that a long switch takes where one follows it: "true", or "--x=y" of x alone
	Ends     bool                // "--" ends the names: what follows is for another program
	Alias    func(string) string // gives the subcommand that a word means; nil: itself

	of *Tools
}

// Variables are those by which tools take options: PIP_INDEX_URL is --index-url
// of pip. What such a variable names counts like the option, and an exported one
// for every command behind it.
type Variables struct {
	// Option gives the tool and the option that a variable stands for; empty: none.
	Option func(name string) (tool, option string)
	// Hears reports whether a command takes options from the variables of a tool.
	Hears func(cmd *Command, tool string) bool
	// Carried are the options that count for later commands. The others name what is
	// read where the variable is set.
	Carried string
	// Asked are the options by which a tool says where names come from, "pip
	// --index-url", in the order in which tools ask: the last one counts.
	Asked []string
	// Take reads an option, of a variable or of the command itself, that may say
	// where names come from. A flag without a value has nil.
	Take func(cmd *Command, to *Route, option string, value *Word)
	// Before lists the options that a command takes from variables before its words;
	// nil: none.
	Before func(cmd *Command) []string
	// Lines are those of the options, "npm --call", whose value is a command line: it
	// is not told them again.
	Lines []string
	// Names reads what the value of an option names: lists, packages, code. index is
	// where the tool takes names from. nil: nothing.
	Names func(r *Reader, cmd *Command, option, index string, value Word)
	// Programs read the variables that name what a program runs.
	Programs map[string]func(*Reader, Word)
}

// A Route is where a command takes names from.
type Route struct {
	Index  string // empty: as ever
	Others bool   // others are asked beside it
}

// A Loader is a row of programs that load modules before their script.
type Loader struct {
	Programs string
	Options  string // whose values are modules
	Script   string // those of Programs whose first plain word is the script, which ends the options
	Load     func(*Reader, Word)
}

// A Runtime is a row of programs that run code.
type Runtime struct {
	Programs string
	Lang     text.Lang
	Values   string // options that take a value
	Code     string // options whose value is code
	File     string // options whose value is the file to be run
	Subs     string // words that may stand before the file
	Without  bool   // the file may be named without one of Subs
	Command  bool   // a plain word begins a command, which is read as one
}

// A Wrapper is a row of programs that run the command behind them: poetry run x.
type Wrapper struct {
	Programs string
	Sub      string // the word before the command
	Values   string // options behind Sub that take a value
	Managed  bool   // the command runs in the environment of a project, which declares what it holds
	// Inner gives the command behind the program, which is the first of the words, in
	// the place of Sub and Values; nil: there is none.
	Inner func(ws []Word) []Word
}

// inner gives the command that is run; nil: there is none.
func (w *Wrapper) inner(ws []Word) []Word {
	switch {
	case w.Inner != nil:
		return w.Inner(ws)
	case len(ws) > 1 && ws[1].Text == w.Sub:
		return SkipFlags(ws[2:], w.Values)
	}
	return nil
}

// A Grammar is what the tools of all ecosystems make of commands.
type Grammar struct {
	tools      []*Tools
	rows       []Command
	managers   map[string]bool
	wrappers   map[string]*Wrapper
	installers [][]byte // the words that begin every command worth parsing
	doers      [][]byte // of which one must follow an installer
	starters   [][]byte // signs of a command that runs code, or that variables tell what to install
	// starts are the pairs of bytes that an installer begins with: bit second of the
	// word of first.
	starts [256][4]uint64
	// runners are the programs of runtimes, and runs the pairs that they begin with.
	runners map[string]bool
	runs    [256][4]uint64
}

// New makes a grammar. The order of tools does not matter.
func New(tools []*Tools) *Grammar {
	g := &Grammar{tools: tools, managers: map[string]bool{"sudo": true}, wrappers: map[string]*Wrapper{}, runners: map[string]bool{}}
	add := func(to *[][]byte, words ...string) {
		for _, w := range words {
			*to = append(*to, []byte(w))
		}
	}
	add(&g.doers, "install", "add", " i ", "get", "run", "create", "init", "exe", "dlx", " x ", "require", "package", "update", "tool", " i\t", " i\n", " x\n")
	add(&g.starters, "<<", " -", "/", "sh", "eval", "source ", ". ", "BASH_ENV")
	for _, t := range tools {
		for _, row := range t.Commands {
			row.of = t
			g.rows = append(g.rows, row)
		}
		for _, name := range strings.Fields(t.Managers) {
			g.managers[name] = true
		}
		for i := range t.Wrappers {
			for _, name := range strings.Fields(t.Wrappers[i].Programs) {
				g.wrappers[name] = &t.Wrappers[i]
			}
		}
		add(&g.installers, t.Signs...)
		add(&g.doers, t.Verbs...)
		add(&g.starters, t.Runs...)
	}
	for _, rows := range append([]*Tools{{Runtimes: runtimes}}, tools...) {
		for i := range rows.Runtimes {
			for _, name := range strings.Fields(rows.Runtimes[i].Programs) {
				if g.runners[name] = true; len(name) > 1 {
					g.runs[name[0]][name[1]>>6] |= 1 << (name[1] & 63)
				}
			}
		}
	}
	for _, w := range g.installers {
		g.starts[w[0]][w[1]>>6] |= 1 << (w[1] & 63)
	}
	return g
}

// grammarOf gives the grammar of the table that reads a file.
func grammarOf(e *extract.Emitter) *Grammar { return e.Commands.(*Grammar) }

// Program gives the name by which a program is known: without folder, ending and
// version.
func (g *Grammar) Program(word string) string { return program(word) }

// Manager reports whether the commands of a program of that name install packages.
func (g *Grammar) Manager(program string) bool { return g.managers[program] }

// MayInstall reports by one pass over the bytes whether text may hold a command
// that installs or runs a package.
func (g *Grammar) MayInstall(text []byte) bool {
	if !g.MayName(text) {
		return false
	}
	for _, w := range g.doers {
		if bytes.Contains(text, w) {
			return true
		}
	}
	return bytes.HasSuffix(text, []byte(" i")) || bytes.HasSuffix(text, []byte(" x"))
}

// MayName reports whether a program that installs may stand in text.
func (g *Grammar) MayName(text []byte) bool {
	for i := 0; i+1 < len(text); i++ {
		if second := text[i+1]; g.starts[text[i]][second>>6]&(1<<(second&63)) == 0 {
			continue
		}
		for _, w := range g.installers {
			if bytes.HasPrefix(text[i:], w) {
				return true
			}
		}
	}
	return false
}

// runtime gives the row of a program that runs code; nil: it is none.
func (g *Grammar) runtime(name string) *Runtime {
	for i := range runtimes {
		if HasWord(runtimes[i].Programs, name) {
			return &runtimes[i]
		}
	}
	for _, t := range g.tools {
		for i := range t.Runtimes {
			if HasWord(t.Runtimes[i].Programs, name) {
				return &t.Runtimes[i]
			}
		}
	}
	return nil
}

// loader gives the row of a program that loads modules; nil: it is none.
func (g *Grammar) loader(name string) *Loader {
	for _, t := range g.tools {
		for i := range t.Loaders {
			if HasWord(t.Loaders[i].Programs, name) {
				return &t.Loaders[i]
			}
		}
	}
	return nil
}

// Formats are the texts of shells, and texts of other languages in which commands
// are looked for line by line.
func (g *Grammar) Formats() []extract.Format {
	return []extract.Format{
		{Name: "shell/commands", Ecosystem: ecosystem.Unknown, Kind: extract.Command, Languages: shellLanguages(), Match: matchShell, Extract: g.extractShell, Commands: g},
		{Name: "powershell/commands", Ecosystem: ecosystem.Unknown, Kind: extract.Command, Languages: otherShellLanguages(), Match: matchOtherShell, Extract: g.extractOtherShell},
		{Name: "lines/commands", Ecosystem: ecosystem.Unknown, Kind: extract.Command, Languages: text.DataLanguages(), Match: matchLines, Extract: g.extractLines},
	}
}
