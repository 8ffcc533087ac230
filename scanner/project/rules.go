package project

import (
	"slices"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// Rules are what is true of the projects of one ecosystem: by which files a
// project says whose its names are.
type Rules struct {
	Ecosystem ecosystem.Ecosystem
	// Also are other ecosystems of whose names the same files speak.
	Also []ecosystem.Ecosystem
	// Begin makes what is found out about one project. Nil: no name is the project's
	// own.
	Begin func(*Project) *Tree
	// Statement is how what a file says of owners is compared before and after a
	// change, by its path alone; nil: it says nothing. May be nil.
	Statement func(file string) *Statement
	// Workspace reports whether a manifest, by its base name and text, makes the
	// directory it lies in the top of a workspace to which the directory member
	// belongs, counted from there. Nil: there are no workspaces.
	Workspace func(file string, text []byte, member string) bool
	// Made gives the files that a command of a document makes which is run in the
	// directory dir. words are the program and what follows it, two at least. Nil:
	// none is known.
	Made func(dir string, words []string) []MadeFile
	// Called gives the name under which the rules read a text that a document shows
	// by another name, or by none; empty: they do not. Nil: they read none.
	Called func(name string, shown *text.Fragment) string
	// Languages are those whose code imports from the ecosystem.
	Languages []text.Lang
	// Module reports by its path whether an import may lead to a file. Nil: to any
	// file that is no module of another ecosystem.
	Module func(file string) bool
	// Folders says that an import leads to a directory: it is there as long as
	// any of its files is.
	Folders bool
	// Respelled reports whether names may be written in a text otherwise than by
	// their own letters. Nil: they never are.
	Respelled func(text []byte) bool
}

// A Tree is what the files of one source say about an ecosystem. It is for one
// goroutine.
type Tree struct {
	// Reader gives the reader of a file that says whose names are, by its path;
	// nil: the file says nothing. May be nil.
	Reader func(file string) func(file string)
	// Complete is called when all files were read; may be nil.
	Complete func()
	// Learn is then told the references of the source, of all ecosystems; may be
	// nil.
	Learn func(extract.References)
	// Decide says whose a name is; false: nothing is known. May be nil.
	Decide func(*extract.Reference) (Decision, bool)
	// Named reports whether a name is that of the project that a file belongs to, by
	// its own manifest; may be nil.
	Named func(*extract.Reference) bool
	// Private decides names that files of the tree keep in, after all that the
	// user and the configuration say; may be nil.
	Private func(*extract.Reference) (Decision, bool)
	// Further gives a registry at which the tools look a public name up too, by a
	// file of the tree that is not the name's own; false: there is none. May be nil.
	Further func(*extract.Reference) (Claim, bool)
	// Aliases gives a word of each alias that stands for one specifier, which the
	// name of the file that it leads to does not show; any is false where no name
	// is led to a file at all. Nil: names lead to files without aliases.
	Aliases func() (words []string, any bool)
}

// A MadeFile is one that a command makes.
type MadeFile struct {
	Path string
	Text []byte // nil: it is not known
}

// tree is what is found out about an ecosystem; nil: nothing.
func (p *Project) tree(e ecosystem.Ecosystem) *Tree {
	for i, rules := range p.o.Rules {
		if rules.Ecosystem == e || slices.Contains(rules.Also, e) {
			return p.trees[i]
		}
	}
	return nil
}

// RulesOf are the rules whose ecosystem code of a language imports from, or nil.
func RulesOf(all []*Rules, lang text.Lang) *Rules {
	for _, rules := range all {
		if slices.Contains(rules.Languages, lang) {
			return rules
		}
	}
	return nil
}

// InWorkspace reports whether by any of the rules a manifest takes a directory
// for a member of its workspace.
func InWorkspace(all []*Rules, file string, text []byte, member string) (yes bool) {
	defer func() {
		if recover() != nil {
			yes = false // a parser failed: it says nothing
		}
	}()
	for _, r := range all {
		if r.Workspace != nil && r.Workspace(file, text, member) {
			return true
		}
	}
	return false
}

// Importing are the rules by which an import may lead to a file, or nil.
func Importing(all []*Rules, file string) *Rules {
	var others *Rules
	for _, rules := range all {
		switch {
		case rules.Module == nil:
			others = rules
		case rules.Module(file):
			return rules
		}
	}
	return others
}
