package text

// A Folder is one that a tool fills with what it installed or built: what is in it
// is named elsewhere, and a walk passes it over.
type Folder struct {
	Names []string // base names; none: a folder of any name, by what is in it
	// Made gives the mark by which a tool shows that a folder of one of the names is
	// its own; empty: it does not. here are those of Marks that are in it, read gives
	// a file by its path from the folder, nil where there is none that can be read.
	// Anybody can make a folder look like one, so that a mark has to be plausible.
	// Nil: the name is enough, and what is in the folder is never looked at.
	Made  func(here map[string]bool, read func(file string) []byte) (mark string)
	Marks []string // names that Made looks for in the folder
	Whole bool     // a manifest beside it names all that it holds
}
