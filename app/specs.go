package app

import (
	"bufio"
	"fmt"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/text"
)

// Specs reads the names that are to be checked, npm:left-pad or a package URL;
// - alone reads them from standard input, one a line.
func (s *Session) Specs(args []string) ([]extract.Reference, error) {
	if len(args) == 1 && args[0] == "-" {
		args = nil
		lines := bufio.NewScanner(s.In)
		for lines.Scan() {
			if line := strings.TrimSpace(lines.Text()); line != "" && !strings.HasPrefix(line, "#") {
				args = append(args, line)
			}
		}
		if err := lines.Err(); err != nil {
			return nil, Failure("standard input cannot be read: "+Cause(err), "")
		}
	} else if len(args) == 0 {
		return nil, Usage("figment check needs a name", "figment check npm:left-pad, or figment check -- npm install left-pad")
	}
	def := ecosystem.Unknown
	if e := s.Values.List("ecosystem"); len(e) == 1 {
		def, _ = ecosystem.Lookup(e[0])
	}
	var refs []extract.Reference
	for _, arg := range args {
		spec, err := ecosystem.ParseSpec(arg, def)
		if err != nil {
			return nil, Usage(fmt.Sprintf("%s: %s", arg, err), "a name is written npm:left-pad, pypi:flask==3.0 or pkg:npm/left-pad@1.3.0")
		}
		refs = append(refs, extract.Reference{
			Ecosystem: spec.Package.Ecosystem, Name: spec.Package.Name, Raw: spec.Package.Name,
			Constraint: spec.Constraint, Kind: extract.Command,
		})
	}
	return refs, nil
}

// CommandReferences gives what a command would install: the words of one, or one word with
// blanks, which is a line of the shell. Nothing is an answer only where every
// program was understood.
func (s *Session) CommandReferences(args []string) ([]extract.Reference, error) {
	line := strings.Join(args, " ")
	if strings.TrimSpace(line) == "" {
		return nil, Usage("figment check -- needs a command", "figment check -- npm install left-pad")
	}
	grammar := all.Grammar()
	read, known := func(argv []string) extract.Found { return grammar.CommandLine(s.formats, argv) }, grammar.KnownCommand
	if len(args) == 1 && strings.ContainsAny(args[0], " \t\n") {
		read = func([]string) extract.Found {
			return s.formats.Read(&source.File{Path: "-", Data: []byte(line), Lang: text.Shell})
		}
		known = func([]string) bool { return grammar.KnownShell(line) }
	}
	found := read(args)
	refs, problems := found.References, found.Problems
	for _, p := range problems {
		s.Say("warning: %s", p.Text)
	}
	for _, in := range found.Includes {
		if in.Constraint || in.Written || in.Values || in.Lang != text.Undecided { // what a command runs is no list
			continue
		}
		list := in.Path
		return nil, Usage(fmt.Sprintf("`%s` installs what %s lists, and that is no part of the command", line, list), "check the list, too: figment scan "+list)
	}
	out := refs[:0]
	for _, r := range refs {
		if r.Kind != extract.Mention {
			r.Path = ""
			out = append(out, r)
		}
	}
	if len(out) == 0 && (len(problems) > 0 || !known(args)) {
		return nil, Usage(fmt.Sprintf("what `%s` installs cannot be told", line), "name the packages: figment check npm:left-pad")
	}
	return out, nil
}
