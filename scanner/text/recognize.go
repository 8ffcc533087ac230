package text

// How texts are recognised stands in rows: those of formats, which are known by
// names of files, those of languages, and those of files that are known and that
// nothing reads. Package source looks them up.

// Files says how the files of a format are recognised.
type Files struct {
	Names      []string               // base names; a text that is recognised by its content gets the first
	Paths      func(path string) bool // whether a path is of the format by more than its base name; nil: none is
	Extensions []string               // of the paths that Paths is asked about, in lower case, with the dot; "" is for none
	Patterns   []string               // regular expressions of the names that Paths holds for, without "(^|/)" and "$", for hooks that choose files by name
	Beside     *Beside                // nil: what lies beside a file of the format says nothing of others
	Lang       Lang                   // of the text
	What       string                 // for people: "npm lock file"
	Labels     []string               // of a fence that holds such a text, in lower case
	Refresh    string                 // of a lock file: the command that brings it up to date
	Runs       bool                   // its text may hold commands
	Lists      bool                   // it names files that list packages; a command that is given it for one reads it itself
	List       string                 // the name by which a list is read that another file, or a command, takes names from; empty: the format is none of lists
	Limits     string                 // the same for a list whose names limit versions
	Owns       bool                   // it says whose names are, or which registry has them
	Sniff      Sniff                  // by its content
}

// Beside says that files are of a format where a certain other file of it lies in
// the same directory. What they are, their content decides.
type Beside struct {
	Leads   func(path string) bool // whether a file lets others count
	Is      func(base string) bool // whether a name is one of those
	Pattern string                 // as of Files.Patterns
}

// A Language says how texts in one language are recognised.
type Language struct {
	Lang       Lang
	Title      string   // for people: "Python"; empty: its files are scripts
	Files      []string // base names
	Extensions []string // of names, in lower case, with the dot
	Folders    []string // whose files without an extension are in it, if their first lines do not say otherwise
	Programs   []string // that a first line names, without version and ".exe"
	Labels     []string // of a fence, in lower case
	Run        string   // the extension that a file is read with where a command runs it as such; empty: none does
	Of         Lang     // the language that it is a form of, for commands that run either; empty: itself
	// Count notes what a line, without white space around it, says for and against
	// the language; nil: nothing.
	Count func(line string, signs *Signs)
	Sniff Sniff // by content
}

// A Known is a kind of file, or of text, that is known and that no format reads. As
// a format arrives, its row goes.
type Known struct {
	What    string                      // for people: "Yarn lock file"; empty: it names no package, and is not told of
	Names   []string                    // base names, in any letter case; one that begins with a dot is an extension also
	Match   func(dir, base string) bool // the same for other names, both in lower case; nil: there are none
	Labels  []string                    // of a fence that holds such a text, in lower case: it is not guessed at
	Owns    bool                        // as of Files.Owns
	Refresh string                      // of a lock file: the command that brings it up to date
}

// A Sniff recognises a text by its content.
type Sniff struct {
	At Stage
	Is func(*Sample) bool // nil: the content never says it
}

// A Stage is when a content is asked for a sign: the surest signs are looked for
// first, and the first one that is found counts. Within one stage formats go
// before languages, and both in the order of their rows.
type Stage uint8

// The stages, from the surest sign to the weakest.
const (
	ByStructure    Stage = iota // the text is one value of a data format
	ByContainer                 // marks of what holds other texts: fences, hunks
	ByHeaders                   // headers of tables
	ByKeywords                  // lines that begin with words of one format
	ByLines                     // every line has the form of one
	ByDeclarations              // declarations that one language has
	ByClauses                   // clauses that one language has
	ByWords                     // what other languages may have as well, and nothing speaks for those
	BySession                   // commands after prompts
	ByCommands                  // commands
)
